import type { Database, Tx } from "#lib/platform/db.ts";
import { conflict } from "#lib/platform/errors.ts";
import type { Fence } from "#lib/platform/lease.ts";
import { Prisma } from "#prisma/generated/client.ts";
import type { TierTeller } from "../residency/node-residency.ts";
import { mapValues, type NodeRollup, ROLLUP_STEPS, type RollupData, type RollupStep, stepStart } from "../rollup.ts";
import type { ReadyTick } from "../scrape/collector.ts";
import { KEPT_EVERY_SECONDS, type KeptLook } from "../scrape/kept-looks.ts";
import type { NodeSamples } from "../scrape/node-samples.ts";
import { type ColumnRows, columnRows, insertColumns, insertRosters } from "./column-store.ts";
import { foldRows, type Tick, tickRows } from "./fold.ts";
import { packRollup, packSamples, packTick, unpackRollup, unpackSamples, unpackTick } from "./pack.ts";

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");
const tableOf = (step: RollupStep) => `series.rollup_${step}`;

const insertRollups = (step: RollupStep) => `closed_${step} AS (
  INSERT INTO ${tableOf(step)} (node_id, at, scrapes, simulated, data)
  SELECT row->>0, to_timestamp((row->>2)::float8 / 1000), (row->>3)::int, (row->>4)::boolean, decode(row->>5, 'base64')
  FROM held, jsonb_array_elements($5::jsonb) AS row WHERE (row->>1)::int = ${step}
  ON CONFLICT DO NOTHING)`;

/** A whole tick in one statement; nothing of it is kept when somebody else holds the lease. */
const SAVE_TICK = {
  name: "save_tick",
  text: `WITH held AS MATERIALIZED (SELECT 1 FROM "Lease" WHERE "name" = $1 AND "term" = $2::bigint FOR SHARE),
  tick AS (INSERT INTO series.tick (at, data) SELECT $3::timestamptz, $4::bytea FROM held ON CONFLICT DO NOTHING),
  ${ROLLUP_STEPS.map(insertRollups).join(",\n  ")},
  ${insertRosters("$7")},
  ${ROLLUP_STEPS.map((step) => insertColumns(step, "$8")).join(",\n  ")},
  looks AS (
    INSERT INTO series.last_look AS l (node_id, at, epoch, simulated, data, plugin, tried_at, error)
    SELECT row->>0, to_timestamp((row->>6)::float8 / 1000), (row->>1)::int, (row->>2)::boolean,
      decode(row->>3, 'base64'), NULLIF(row->4, 'null'), $3::timestamptz, row->>5
    FROM held, jsonb_array_elements($6::jsonb) AS row
    ON CONFLICT (node_id) DO UPDATE SET "tried_at" = EXCLUDED.tried_at, "error" = EXCLUDED.error,
      "at" = COALESCE(EXCLUDED.at, l.at),
      "data" = COALESCE(EXCLUDED.data, l.data),
      "epoch" = CASE WHEN EXCLUDED.at IS NULL THEN l.epoch ELSE EXCLUDED.epoch END,
      "simulated" = CASE WHEN EXCLUDED.at IS NULL THEN l.simulated ELSE EXCLUDED.simulated END,
      "plugin" = CASE WHEN EXCLUDED.at IS NULL THEN l.plugin ELSE EXCLUDED.plugin END
    WHERE l.tried_at <= EXCLUDED.tried_at)
  SELECT 1 FROM held`,
};

/** A tick as it waits to be stored: some kilobytes, so that an hour of them may wait. */
export type PackedTick = {
  at: Date;
  data: Uint8Array;
  rollups: readonly (string | number | boolean)[][];
  turned: ColumnRows;
};

/** @param groupOf by node: those that charts will ask about together, such as the nodes of a pool */
export const packReady = (
  { tick, closed }: ReadyTick,
  groupOf: ReadonlyMap<string, string> = new Map(),
): PackedTick => ({
  at: tick.at,
  data: packTick(tick.looks),
  rollups: closed.map((row) => [
    row.nodeId,
    row.stepSeconds,
    row.at.getTime(),
    row.scrapes,
    row.simulated,
    base64(packRollup(row.data)),
  ]),
  turned: columnRows(
    closed,
    tick.looks.map(({ nodeId }) => nodeId),
    groupOf,
  ),
});

/**
 * @param looks what is due to be written of nodes; of ticks that waited, with the last one
 * @throws AppError `conflict` (`lease_lost`) when a newer term exists: nothing is kept
 */
export async function saveTick(
  db: Database,
  fence: Fence,
  tick: PackedTick,
  looks: readonly KeptLook[],
): Promise<void> {
  const due = looks.map(({ nodeId, epoch, simulated, error, good }) => [
    ...[nodeId, epoch, simulated, good && base64(packSamples(good.samples))],
    ...[good?.samples.teller ?? null, error, good?.at.getTime() ?? null],
  ]);
  const held = await db.bulk(SAVE_TICK, [
    fence.name,
    String(fence.term),
    tick.at.toISOString(),
    Buffer.from(tick.data),
    JSON.stringify(tick.rollups),
    JSON.stringify(due),
    JSON.stringify(tick.turned.rosters),
    JSON.stringify(tick.turned.columns),
  ]);
  if (held === 0)
    throw conflict("lease_lost", `Another worker took over the loop ${fence.name}; this write was refused.`);
}

/** By the hour there are few rows, so a month is one partition. */
const PARTITIONS = [
  { parent: "tick", unit: "day", keptSeconds: 2 * 86_400 },
  { parent: "rollup_60", unit: "day", step: 60 },
  { parent: "rollup_300", unit: "day", step: 300 },
  { parent: "rollup_3600", unit: "month", step: 3600 },
  { parent: "column_60", unit: "day", step: 60 },
  { parent: "column_300", unit: "day", step: 300 },
  { parent: "column_3600", unit: "month", step: 3600 },
] as const;

/** Makes the partitions around a moment, and drops those that are past their time. */
export async function keepPartitions(tx: Tx, now: Date, rollupsKept: Record<RollupStep, number>): Promise<void> {
  for (const rule of PARTITIONS) {
    const kept = "step" in rule ? rollupsKept[rule.step] : rule.keptSeconds;
    await tx.client.$executeRaw`
      SELECT series.keep_partitions(${rule.parent}, ${rule.unit}, ${now}, ${kept}::int * interval '1 second')`;
  }
}

/** Nodes that were removed. */
export const dropLooksOfGoneNodes = (tx: Tx): Promise<number> => tx.client.$executeRaw`
  DELETE FROM series.last_look l WHERE NOT EXISTS (SELECT 1 FROM "Node" n WHERE n."id" = l.node_id)`;

// --- reading ---------------------------------------------------------------------------------------------------

type StoredLook = Omit<KeptLook, "good"> & { at: Date | null; data: Uint8Array | null; teller: TierTeller | null };

/** What was written of each node: what a scraper that just started counts on from. */
export async function keptLooks(tx: Tx): Promise<KeptLook[]> {
  const rows = await tx.client.$queryRaw<StoredLook[]>`
    SELECT node_id AS "nodeId", at, epoch, simulated, error, data, plugin AS "teller" FROM series.last_look`;
  return rows.map(({ at, data, teller, ...about }) => ({
    ...about,
    good: at && data && goodLook(about, at, data, teller),
  }));
}

function goodLook(
  { nodeId, epoch }: { nodeId: string; epoch: number },
  at: Date,
  data: Uint8Array,
  teller: TierTeller | null,
) {
  const samples = unpackSamples(data, `the last look at ${nodeId} of ${at.toISOString()}`);
  return { at, epoch, samples: { ...samples, ...(teller === null ? {} : { teller }) } };
}

/** When each of these nodes was last looked at with success; absent = never. */
export async function lookTimes(tx: Tx, nodeIds: readonly string[]): Promise<Map<string, Date>> {
  const rows = await tx.client.$queryRaw<{ nodeId: string; at: Date }[]>`
    SELECT node_id AS "nodeId", at FROM series.node_look WHERE node_id = ANY(${[...nodeIds]}) AND at IS NOT NULL`;
  return new Map(rows.map(({ nodeId, at }) => [nodeId, at]));
}

export type GoodLook = {
  at: Date;
  epoch: number;
  simulated: boolean;
  /** null = nobody told of its tiers. */
  teller: TierTeller | null;
  gauges: NodeSamples["gauges"];
};

/** The newest good look at a node; null = there was none. */
export async function lastGoodLook(tx: Tx, nodeId: string): Promise<GoodLook | null> {
  const [row] = await tx.client.$queryRaw<(Omit<GoodLook, "gauges"> & { tick: Uint8Array | null })[]>`
    SELECT l.at, l.epoch, l.simulated, l.plugin AS "teller", t.data AS tick
    FROM series.node_look l LEFT JOIN series.tick t ON t.at = l.at WHERE l.node_id = ${nodeId} AND l.at IS NOT NULL`;
  if (!row) return null;
  const { tick, ...look } = row;
  const said = tick && unpackTick(tick, `tick ${look.at.toISOString()}`).find((one) => one.nodeId === nodeId);
  return { ...look, gauges: said?.ok ? mapValues(said.increase.gauges, ({ last }) => last) : {} };
}

/** Ticks of the hour that was open when the last of them was stored, and those that kept looks are counted on by. */
export async function openTicks(tx: Tx): Promise<Tick[]> {
  const last = await lastTickAt(tx);
  if (last === null) return [];
  const countedOnFrom = last.getTime() - 2 * KEPT_EVERY_SECONDS * 1000;
  const from = new Date(Math.min(stepStart(last, 3600).getTime(), countedOnFrom));
  return readTicks(tx, from, new Date(last.getTime() + 1));
}

async function lastTickAt(tx: Tx): Promise<Date | null> {
  const [row] = await tx.client.$queryRaw<{ at: Date | null }[]>`SELECT max(at) AS at FROM series.tick`;
  return row?.at ?? null;
}

/** Scrapes of all nodes in [from, to), by time. */
export async function readTicks(tx: Tx, from: Date, to: Date): Promise<Tick[]> {
  const rows = await tx.client.$queryRaw<{ at: Date; data: Uint8Array }[]>`
    SELECT at, data FROM series.tick WHERE at >= ${from} AND at < ${to} ORDER BY at`;
  return rows.map(({ at, data }) => ({ at, looks: unpackTick(data, `tick ${at.toISOString()}`) }));
}

export type RollupQuery = { nodeIds: readonly string[]; stepSeconds: RollupStep; from: Date; to: Date };

/**
 * Rollups whose step starts in [from, to), by time. Steps that have not ended are put together from finer rows; rows from
 * before migration 0006 are joined.
 */
export async function readNodeRollups(tx: Tx, query: RollupQuery): Promise<NodeRollup[]> {
  const [before, since] = [await readOldRollups(tx, query), await readPacked(tx, query, await lastTickAt(tx))];
  const rows = before.length === 0 ? since : foldRows([...before, ...since], query.stepSeconds);
  return rows.sort((a, b) => a.at.getTime() - b.at.getTime());
}

async function readPacked(tx: Tx, query: RollupQuery, lastTick: Date | null): Promise<NodeRollup[]> {
  const closed = await readClosed(tx, query);
  if (lastTick === null) return closed;
  const stepMs = query.stepSeconds * 1000;
  const upTo = (at: Date) => Math.ceil(at.getTime() / stepMs) * stepMs;
  const openFrom = new Date(Math.max(stepStart(lastTick, query.stepSeconds).getTime(), upTo(query.from)));
  const openTo = new Date(upTo(query.to));
  if (openFrom >= openTo) return closed;
  const [finer] = finerSteps(query.stepSeconds);
  const rows =
    finer === undefined
      ? (await readTicks(tx, openFrom, openTo)).flatMap((tick) => tickRows(tick, query.stepSeconds))
      : await readPacked(tx, { ...query, stepSeconds: finer, from: openFrom, to: openTo }, lastTick);
  const isAsked = new Set(query.nodeIds);
  return [
    ...closed,
    ...foldRows(
      rows.filter(({ nodeId }) => isAsked.has(nodeId)),
      query.stepSeconds,
    ),
  ];
}

/** What an open step is put together from, the coarsest first. */
export const finerSteps = (stepSeconds: RollupStep): RollupStep[] =>
  [...ROLLUP_STEPS].reverse().filter((step) => step < stepSeconds);

/** Rows of steps that have ended. */
export async function readClosed(tx: Tx, { nodeIds, stepSeconds, from, to }: RollupQuery): Promise<NodeRollup[]> {
  const rows = await tx.client.$queryRaw<(Omit<NodeRollup, "stepSeconds" | "data"> & { data: Uint8Array })[]>`
    SELECT node_id AS "nodeId", at, scrapes, simulated, data FROM ${Prisma.raw(tableOf(stepSeconds))}
    WHERE node_id = ANY(${[...nodeIds]}) AND at >= ${from} AND at < ${to} ORDER BY at`;
  return rows.map((row) => ({
    ...row,
    stepSeconds,
    data: unpackRollup(row.data, `rollup ${stepSeconds} of ${row.nodeId} at ${row.at.toISOString()}`),
  }));
}

/** Rows from before migration 0006. */
export async function readOldRollups(tx: Tx, { nodeIds, stepSeconds, from, to }: RollupQuery): Promise<NodeRollup[]> {
  const rows = await tx.client.rollup.findMany({
    where: { stepSeconds, nodeId: { in: [...nodeIds] }, at: { gte: from, lt: to } },
    orderBy: { at: "asc" },
  });
  return rows.map((row) => ({ ...row, stepSeconds, data: row.data as unknown as RollupData }));
}
