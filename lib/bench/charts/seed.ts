import pg from "pg";
import type { Deps } from "#lib/identity/ctx.ts";
import { CACHE_TABLES } from "#lib/metrics/node-minute/columns.ts";
import { keepPartitions, saveTick } from "#lib/metrics/node-minute/tick-store.ts";
import type { NodeRollup, RollupStep } from "#lib/metrics/rollup.ts";
import { createLease } from "#lib/platform/lease.ts";
import { PLATFORM_ROLE } from "#lib/platform/roles.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { packTraces } from "#lib/requests/trace-packs/pack-traces.ts";
import { rowOf } from "./node-load.ts";

export const NODES = 100;
const TENANTS = 40;
/** Of each tenant, a minute: what the mission's busiest tenants send. */
const REQUESTS_A_MINUTE = 5;
const DAY = 86_400;

const hex = (index: number) => index.toString(16).padStart(32, "0");
export const nodeId = (index: number): string => `node_${hex(index)}`;
export const tenantId = (index: number): string => `ten_${hex(index)}`;

/** How far back each step is filled: as far as charts read it for 24 hours and 30 days. */
const FILLED: readonly { step: RollupStep; seconds: number }[] = [
  { step: 60, seconds: 3 * 3600 },
  { step: 300, seconds: DAY + 3600 },
  { step: 3600, seconds: 31 * DAY },
];

/**
 * A fleet of 100 nodes in one pool with 31 days of rollups, and 30 days of 40 tenants' requests. The rollups go in by the
 * product's own statement, step by step; the nodes and a day of traces by SQL. The product packs that day, and its packs
 * stand for the 29 days before.
 */
export async function seedFleet(deps: Deps, url: string, poolId: string, now: Date): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`SET ROLE ${PLATFORM_ROLE}`);
    await seedCatalog(client, poolId, now);
    await client.query("RESET ROLE");
    await seedRollups(deps, now);
    await client.query(`SET ROLE ${PLATFORM_ROLE}`);
    for (const { step, seconds } of FILLED)
      await client.query(insertDerived(CACHE_TABLES[step]), [
        now.toISOString(),
        step,
        Math.floor(seconds / step),
        NODES,
      ]);
    await client.query("RESET ROLE");
    await seedPacks(deps, client, now);
    await client.query("VACUUM ANALYZE");
  } finally {
    await client.end();
  }
}

async function seedCatalog(client: pg.Client, poolId: string, now: Date): Promise<void> {
  await client.query(
    `INSERT INTO "Node" ("id", "poolId", "name", "baseUrl", "simulated", "updatedAt")
     SELECT 'node_' || lpad(to_hex(n), 32, '0'), $1, 'node-' || n, 'http://node-' || n || '.test', true, now()
     FROM generate_series(0, $2::int - 1) AS n`,
    [poolId, NODES],
  );
  await client.query(
    `INSERT INTO "Tenant" ("id", "slug", "name", "updatedAt")
     SELECT 'ten_' || lpad(to_hex(n), 32, '0'), 'tenant-' || n, 'Tenant ' || n, now() FROM generate_series(0, $1::int - 1) AS n`,
    [TENANTS],
  );
  await client.query(INSERT_TRACES, [now.toISOString(), TENANTS * REQUESTS_A_MINUTE * 60 * 24, TENANTS, NODES]);
}

/** Evenly over the day; latencies of a long tail, one in a hundred failed or answered by a fallback. */
const INSERT_TRACES = `
  INSERT INTO "RequestTrace" ("id", "tenantId", "nodeId", "kind", "via", "path", "status", "stream", "simulated",
    "arrivedAt", "firstByteAt", "endedAt", "promptTokens", "completionTokens", "fallbackReason")
  SELECT 'req_' || lpad(to_hex(n), 32, '0'), 'ten_' || lpad(to_hex(n % $3::int), 32, '0'),
    'node_' || lpad(to_hex(n % $4::int), 32, '0'), 'user', 'primary', '/v1/chat/completions',
    CASE WHEN n % 100 = 7 THEN 503 ELSE 200 END, n % 2 = 0, true,
    at, at + ms / 4 * interval '1 ms', at + ms * interval '1 ms', 300, 200, CASE WHEN n % 100 = 9 THEN 'no_node' END
  FROM (SELECT n, $1::timestamptz - (n::float8 / $2 * 86400) * interval '1 s' AS at,
          300 + 200 * (-ln(1 - ((n::bigint * 7919) % 100003) / 100004.0)) AS ms
        FROM generate_series(1, $2::int) AS n) AS t`;

/** What followed from the model of the cache: the product follows every node, also one that counts itself. */
const insertDerived = (table: string) => `
  INSERT INTO ${table} (node_id, at, source, seconds, simulated, evictions_gpu, evictions_cpu, swaps_gpu, swaps_cpu, swaps_disk,
    adapters_peak, counted_requests, own_requests)
  SELECT 'node_' || lpad(to_hex(node), 32, '0'),
    date_bin($2::int * interval '1 second', $1::timestamptz, 'epoch') - n * $2::int * interval '1 second', 'derived',
    $2::int, true, (n + node) % 7, 0, 30 * $2::int / 60, (n + node) % 5, 0, 9, 30 * $2::int / 60, 30 * $2::int / 60
  FROM generate_series(0, $4::int - 1) AS node, generate_series(1, $3::int) AS n
  ON CONFLICT DO NOTHING`;

async function seedRollups(deps: Deps, now: Date): Promise<void> {
  const { db } = deps;
  const name = "bench-charts";
  const term = (await createLease(db, { name, holder: "bench", ttlMs: 3_600_000 }).acquire()) ?? 0n;
  for (let day = 31; day >= 0; day -= 1) {
    const at = new Date(now.getTime() - day * DAY * 1000);
    await db.write(platformScope, (tx) => keepPartitions(tx, at));
  }
  const fence = { name, term };
  for (const { step, seconds } of FILLED) {
    const end = Math.floor(now.getTime() / 1000 / step) * step;
    for (let start = end - Math.floor(seconds / step) * step; start <= end; start += step)
      await saveTick(db, fence, stepRows(start, step), []);
  }
}

async function seedPacks(deps: Deps, client: pg.Client, now: Date): Promise<void> {
  const name = "bench-packs";
  const term = (await createLease(deps.db, { name, holder: "bench", ttlMs: 3_600_000 }).acquire()) ?? 0n;
  await client.query(`SET ROLE ${PLATFORM_ROLE}`);
  await client.query(
    `INSERT INTO "RequestTrace" ("id", "kind", "path", "status", "arrivedAt", "endedAt")
     VALUES ('req_oldest', 'user', '/v1/chat/completions', 200, $1, $1)`,
    [new Date(now.getTime() - 30 * DAY * 1000).toISOString()],
  );
  for (let minute = 0; minute < 4; minute += 1)
    await packTraces(deps, { name, term }, new Date(now.getTime() + minute * 60_000));
  for (const [table, columns] of [
    ["TraceHour", '"packedAt", "settled"'],
    ["TracePack", PACK_COLUMNS],
  ])
    await client.query(
      `INSERT INTO "${table}" ("at", ${columns}) SELECT "at" - day * interval '1 day', ${columns}
       FROM "${table}", generate_series(1, 29) AS day ON CONFLICT DO NOTHING`,
    );
  await client.query("RESET ROLE");
}

const PACK_COLUMNS = `"tenantId", "requests", "answered", "failed", "fellBack", "promptTokens", "completionTokens", "simulated",
  "lastAt", "adapters", "nodes", "minutes", "outcome", "adapter", "node", "whole", "firstByte", "perToken", "prompt", "completion"`;

const stepRows = (start: number, step: RollupStep): NodeRollup[] =>
  Array.from({ length: NODES }, (_, node) => rowOf(nodeId(node), node, start, step));
