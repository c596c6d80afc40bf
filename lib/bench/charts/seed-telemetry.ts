import pg from "pg";
import type { Deps } from "#lib/identity/ctx.ts";
import { CACHE_TABLES } from "#lib/metrics/node-minute/columns.ts";
import { saveTick } from "#lib/metrics/node-minute/tick-store.ts";
import type { NodeRollup, RollupStep } from "#lib/metrics/rollup.ts";
import { createLease } from "#lib/platform/lease.ts";
import { makePartitions } from "#lib/platform/partitions.ts";
import { PLATFORM_ROLE } from "#lib/platform/roles.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { PARTITIONED } from "#lib/requests/partitioned.ts";
import { idAt } from "../registry/many-adapters.ts";
import { rowOf } from "./node-load.ts";

/** Of each tenant, a minute: what the mission's busiest tenants send. */
const REQUESTS_A_MINUTE = 5;
const DAY = 86_400;

/** How far back each step is filled: as far as charts read it for 24 hours and 30 days. */
const FILLED: readonly { step: RollupStep; seconds: number }[] = [
  { step: 60, seconds: 3 * 3600 },
  { step: 300, seconds: DAY + 3600 },
  { step: 3600, seconds: 31 * DAY },
];

export type FilledFleet = { nodes: number; tenants: number };

/**
 * 31 days of rollups of nodes, and of what gateways counted of tenants with one adapter each on two nodes; ids as `idAt` makes
 * them. The rollups of nodes go in by the product's own statement, step by step; the rest by SQL.
 */
export async function seedTelemetry(deps: Deps, url: string, fleet: FilledFleet, now: Date): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await seedRollups(deps, fleet.nodes, now);
    await client.query(`SET ROLE ${PLATFORM_ROLE}`);
    for (const { step, seconds } of FILLED)
      await client.query(insertDerived(CACHE_TABLES[step]), [
        now.toISOString(),
        step,
        Math.floor(seconds / step),
        fleet.nodes,
      ]);
    await client.query("RESET ROLE");
    await seedUsage(deps, client, fleet, now);
    await client.query("VACUUM ANALYZE");
  } finally {
    await client.end();
  }
}

/** What followed from the model of the cache: the product follows every node, also one that counts itself. */
const insertDerived = (table: string) => `
  INSERT INTO ${table} (node_id, at, source, seconds, simulated, evictions_gpu, evictions_cpu, swaps_gpu, swaps_cpu, swaps_disk,
    adapters_peak, counted_requests, own_requests)
  SELECT 'node_' || lpad(to_hex(node), 32, '0'),
    date_bin($2::int * interval '1 second', $1::timestamptz, 'epoch') - n * $2::int * interval '1 second', 'derived',
    $2::int, true, (n + node) % 7, 0, 30 * $2::int / 60, (n + node) % 5, 0, 9, 30 * $2::int / 60, 30 * $2::int / 60
  FROM generate_series(0, $4::int - 1) AS node, generate_series(1, $3::int) AS n
  ON CONFLICT DO NOTHING`;

async function seedRollups(deps: Deps, nodes: number, now: Date): Promise<void> {
  const { db } = deps;
  const name = "bench-charts";
  const term = (await createLease(db, { name, holder: "bench", ttlMs: 3_600_000 }).acquire()) ?? 0n;
  const fence = { name, term };
  for (const { step, seconds } of FILLED) {
    const end = Math.floor(now.getTime() / 1000 / step) * step;
    for (let start = end - Math.floor(seconds / step) * step; start <= end; start += step)
      await saveTick(db, fence, stepRows(nodes, start, step), []);
  }
  // the console would list it as a job that nobody runs
  await db.write(platformScope, ({ client }) => client.lease.delete({ where: { name } }));
}

/** How far back each table is filled; what is older than an hour is summed. */
const USAGE = [
  {
    table: "usage_minute",
    step: 60,
    seconds: 2 * 3600,
    of: `, "instanceId", "lastOutcome"`,
    as: `, 'gwy_bench', 'own'`,
  },
  { table: "usage_5_minutes", step: 300, seconds: DAY + 3600, of: "", as: "" },
  { table: "usage_hour", step: 3600, seconds: 31 * DAY, of: "", as: "" },
  { table: "usage_day", step: DAY, seconds: 31 * DAY, of: "", as: "" },
] as const;
const USAGE_OF_POOLS = {
  usage_pool_minute: "usage_minute",
  usage_pool_5_minutes: "usage_5_minutes",
  usage_pool_hour: "usage_hour",
};

/** Each tenant on two nodes, evenly; durations over a magnitude, one request in a hundred failed or fell back. */
async function seedUsage({ db }: Deps, client: pg.Client, fleet: FilledFleet, now: Date): Promise<void> {
  const days = Array.from({ length: 33 }, (_, day) => new Date(now.getTime() - day * DAY * 1000));
  await db.write(platformScope, (tx) => makePartitions(tx, Object.values(PARTITIONED), days));
  await client.query(`SET ROLE ${PLATFORM_ROLE}`);
  for (const { table, step, seconds, of, as } of USAGE) {
    const requests = (REQUESTS_A_MINUTE * step) / 60 / 2;
    await client.query(
      `INSERT INTO ${table} ("at", "tenantId", "adapterId", "versionId", "nodeId", "kind", "via", "requests", "answered",
         "failed", "refused", "shed", "turnedAway", "fallbacks", "uncounted", "promptTokens", "completionTokens", "busyMs",
         "fallbackReasons", "failureReasons", "latency", "ttft", "interToken", "queued", "simulated", "lastAt"${of})
       SELECT at, 'ten_' || lpad(to_hex(t), 32, '0'), 'adp_' || lpad(to_hex(t), 32, '0'), 'ver_' || lpad(to_hex(t), 32, '0'),
         'node_' || lpad(to_hex((t * 7 + n * 50) % $3::int), 32, '0'), 'user', 'primary', $4, $4 - $4 / 100, $4 / 100, 0, 0, 0,
         $4 / 100, 0, 300 * $4::bigint, 200 * $4::bigint, 700 * $4::bigint, '{}', '{}', spread.counts, spread.counts,
         spread.counts, spread.counts, true, at${as}
       FROM (SELECT date_bin($5::int * interval '1 second', $1::timestamptz, 'epoch') - k * $5::int * interval '1 second' AS at
             FROM generate_series(1, $6::int) AS k) AS steps,
         generate_series(0, $2::int - 1) AS t, generate_series(0, 1) AS n,
         LATERAL (SELECT ('{' || string_agg(format('"%s":%s', 80 + (b * 7 + t) % 30, 1 + $4 / 30), ',') || '}')::json AS counts
                  FROM generate_series(1, least($4::int, 30)) AS b) AS spread`,
      [
        now.toISOString(),
        fleet.tenants,
        fleet.nodes,
        Math.max(1, Math.round(requests)),
        step,
        Math.floor(seconds / step),
      ],
    );
  }
  // the durations of one tenant for all: to sum those of every tenant would take minutes
  for (const [table, from] of Object.entries(USAGE_OF_POOLS))
    await client.query(
      `INSERT INTO ${table} ("at", "poolId", "kind", "via", "requests", "answered", "failed", "refused", "shed", "turnedAway",
         "fallbacks", "uncounted", "promptTokens", "completionTokens", "busyMs", "fallbackReasons", "failureReasons", "latency",
         "ttft", "interToken", "queued", "simulated", "lastAt")
       SELECT u."at", n."poolId", u."kind", u."via", sum("requests"), sum("answered"), sum("failed"), 0, 0, 0, sum("fallbacks"), 0,
         sum("promptTokens"), sum("completionTokens"), sum("busyMs"), '{}', '{}', min("latency"::text)::json,
         min("ttft"::text)::json, min("interToken"::text)::json, min("queued"::text)::json, true, max("lastAt")
       FROM ${from} u JOIN "Node" n ON n."id" = u."nodeId" GROUP BY 1, 2, 3, 4`,
    );
  await client.query("RESET ROLE");
}

const stepRows = (nodes: number, start: number, step: RollupStep): NodeRollup[] =>
  Array.from({ length: nodes }, (_, node) => rowOf(idAt("node", node), node, start, step));
