import { once } from "node:events";
import pg from "pg";
import { createLease } from "#lib/platform/lease.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { ROLLUP_KEPT_SECONDS } from "#lib/telemetry/chart-range.ts";
import { createCollector, type NodeLook, type ReadyTick } from "#lib/telemetry/collector.ts";
import { parseExposition } from "#lib/telemetry/exposition/parse-exposition.ts";
import { readNodeSamples } from "#lib/telemetry/node-samples.ts";
import { packTick } from "#lib/telemetry/series/pack.ts";
import { keepPartitions, packReady, saveTick } from "#lib/telemetry/series/series-store.ts";
import type { BenchPostgres } from "../bench-database.ts";
import { metricsAt } from "./documents.ts";
import type { ScrapePeers } from "./peers.ts";

/** Five minutes at ten seconds: all the rollups that end in them are among what is stored. */
export const RECORDED = { nodes: 100, ticks: 30, intervalMs: 10_000 };

/**
 * Ticks of 100 nodes stored per second, ours and by COPY in binary. Ours is the product's statement with all it stores: the
 * tick, the rollups that it ends, each minute the last look at each node, the check of the lease. The peer copies the same
 * figures packed in the same way, one row a node, into a table with the same key, and nothing else.
 */
export async function measureInserts(postgres: BenchPostgres, copyFrom: ScrapePeers["copyFrom"]) {
  const url = await postgres.freshUrl();
  const db = postgres.open(url);
  const start = new Date();
  const fence = {
    name: "bench",
    term: (await createLease(db, { name: "bench", holder: "b", ttlMs: 600_000 }).acquire()) ?? 0n,
  };
  await db.write(platformScope, (tx) => keepPartitions(tx, start, ROLLUP_KEPT_SECONDS));
  const collector = createCollector({ kept: [], ticks: [] });
  const ticks = Array.from({ length: RECORDED.ticks }, (_, turn) =>
    collector.add(new Date(start.getTime() + turn * RECORDED.intervalMs), looksAt(turn)),
  );
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query("CREATE TABLE copied (at timestamptz, node_id text, data bytea, PRIMARY KEY (node_id, at))");
  const spent = { ours: 0, peer: 0 };
  for (const [index, ready] of ticks.entries()) {
    const began = performance.now();
    await saveTick(db, fence, packReady(ready), ready.due);
    const between = performance.now();
    if (copyFrom) await copyTick(client, copyFrom, ready);
    if (index === 0) continue; // connections are made and plans are found
    spent.ours += between - began;
    spent.peer += performance.now() - between;
  }
  const perSecond = (ms: number) => ((ticks.length - 1) / ms) * 1000;
  const bytes = await bytesPerLook(client);
  await client.end();
  await db.close();
  return { ours: perSecond(spent.ours), peer: copyFrom && perSecond(spent.peer), bytes };
}

const looksAt = (turn: number): NodeLook[] => {
  const samples = readNodeSamples(parseExposition(metricsAt(turn)));
  return Array.from({ length: RECORDED.nodes }, (_, node) => ({
    nodeId: `node_${node.toString(16).padStart(32, "0")}`,
    ...{ epoch: 1, simulated: true, ok: true, samples },
  }));
};

/** Bytes on disk a node and look: ticks and rollups with their keys, without the last looks, which do not grow. */
async function bytesPerLook(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ bytes: number }>(
    `SELECT sum(pg_total_relation_size(i.inhrelid))::float8 AS bytes FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
     WHERE c.relkind = 'r' AND c.relnamespace = 'series'::regnamespace`,
  );
  return (rows[0]?.bytes ?? Number.NaN) / (RECORDED.ticks * RECORDED.nodes);
}

async function copyTick(
  client: pg.Client,
  copyFrom: NonNullable<ScrapePeers["copyFrom"]>,
  { tick }: ReadyTick,
): Promise<void> {
  const rows = tick.looks.map((look) => binaryRow(tick.at, look.nodeId, packTick([look])));
  const query = copyFrom("COPY copied FROM STDIN (FORMAT binary)");
  client.query(query as unknown as pg.Submittable);
  query.end(Buffer.concat([HEADER, ...rows, TRAILER]));
  await once(query as unknown as NodeJS.EventEmitter, "finish");
}

/** Postgres' documentation, COPY, "Binary Format". */
const HEADER = Buffer.concat([Buffer.from("PGCOPY\n\xff\r\n\0", "latin1"), Buffer.alloc(8)]);
const TRAILER = Buffer.from([0xff, 0xff]);
const POSTGRES_EPOCH_MS = Date.UTC(2000, 0, 1);

function binaryRow(at: Date, nodeId: string, data: Uint8Array): Buffer {
  const count = Buffer.alloc(2);
  count.writeInt16BE(3);
  const moment = Buffer.alloc(8);
  moment.writeBigInt64BE(BigInt(at.getTime() - POSTGRES_EPOCH_MS) * 1000n);
  return Buffer.concat([count, ...[moment, Buffer.from(nodeId), Buffer.from(data)].map(field)]);
}

function field(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
