import type { Tx } from "#lib/platform/db.ts";
import { Prisma } from "#prisma/generated/client.ts";
import type { RollupStep } from "../rollup.ts";
import { type DerivedCounter, DOUBTS, type Doubt } from "./derived-rows.ts";

/** What can be read of a step: counters, and the most adapters that were asked for at once. */
type DerivedValue = DerivedCounter | "adaptersPeak";

/** The column that keeps each, of a row and of a pack. */
const COLUMNS = {
  "evictions.gpu": "evictionsGpu",
  "evictions.cpu": "evictionsCpu",
  "swaps.gpu": "swapsGpu",
  "swaps.cpu": "swapsCpu",
  "swaps.disk": "swapsDisk",
  adaptersPeak: "adaptersPeak",
} as const satisfies Record<DerivedValue, string>;

/** What followed for a node over one step. */
export type DerivedFigure = {
  nodeId: string;
  /** Where the step begins, in Unix milliseconds. */
  at: number;
  seconds: number;
  simulated: boolean;
  doubt: Doubt | null;
  /** In the order in which they were asked for. */
  values: readonly number[];
};

/** A pack holds so many steps of one node. Migration 0030 packed what there was before in the same layout. */
const PACKED_STEPS = 24;
/** Of each step in a pack: which of them it is, its seconds and flags. */
const STEP_BYTES = 6;
const VALUE_BYTES = 4;
/** Bits of the flags; above them is the doubt, 0 = none. */
const [SIMULATED, DOUBT_FROM] = [1, 2] as const;
/** Of a pack in an answer: its node's place, the number of its first step, how many steps follow. */
const HEADER_BYTES = 8;

/** Packs rows of one node and step anew, from the pack in which a moment lies. */
export async function packDerived(tx: Tx, nodeId: string, step: RollupStep, since: Date): Promise<void> {
  const columns = Object.values(COLUMNS).map((column) => Prisma.raw(`"${column}"`));
  const values = columns.map((column) => Prisma.sql`string_agg(int4send(${column}), ''::bytea ORDER BY "at")`);
  const packAt = (at: Prisma.Sql) =>
    Prisma.sql`date_bin(${PACKED_STEPS * step}::int * interval '1 second', ${at}, 'epoch'::timestamptz)`;
  await tx.client.$executeRaw`
    INSERT INTO "DerivedPack" ("stepSeconds", "at", "nodeId", "steps", ${Prisma.join(columns)})
    SELECT "stepSeconds", ${packAt(Prisma.sql`"at"`)} AS "from", "nodeId",
      string_agg(
        int2send((floor(extract(epoch FROM "at") / ${step}::int)::int8 % ${PACKED_STEPS}::int)::int2) || int2send("seconds"::int2)
        || int2send((CASE WHEN "simulated" THEN ${SIMULATED}::int ELSE 0 END
             + ${DOUBT_FROM}::int * COALESCE(array_position(${[...DOUBTS]}::text[], "doubt"), 0))::int2), ''::bytea ORDER BY "at"),
      ${Prisma.join(values)}
    FROM "DerivedRollup"
    WHERE "nodeId" = ${nodeId} AND "stepSeconds" = ${step}::int AND "at" >= ${packAt(Prisma.sql`${since}::timestamptz`)}
    GROUP BY 1, 2, 3
    ON CONFLICT ("stepSeconds", "at", "nodeId") DO UPDATE SET "steps" = EXCLUDED."steps",
      ${Prisma.join(columns.map((column) => Prisma.sql`${column} = EXCLUDED.${column}`))}`;
}

/** Drops packs whose steps all lie before a moment. */
export const deleteOldPacks = (tx: Tx, stepSeconds: RollupStep, before: Date) =>
  tx.client.derivedPack.deleteMany({ where: { stepSeconds, at: { lte: firstPackWithin(stepSeconds, before) } } });

/** No pack that begins then or earlier has a step in or after a moment. */
const firstPackWithin = (stepSeconds: RollupStep, from: Date): Date =>
  new Date(from.getTime() - PACKED_STEPS * stepSeconds * 1000);

/**
 * Some figures that were derived of nodes, over steps that start in [from, to), node by node in any order: in one statement
 * whose answer is one value, as a row a node and step costs more to receive than to read.
 * @returns what it yields is good until the next is asked for
 */
export async function readDerivedFigures(
  tx: Tx,
  query: { nodeIds: readonly string[]; stepSeconds: RollupStep; from: Date; to: Date },
  wanted: readonly DerivedValue[],
): Promise<Iterable<DerivedFigure>> {
  const { nodeIds, stepSeconds, from, to } = query;
  const values = wanted.map((name) => Prisma.raw(`p."${COLUMNS[name]}"`));
  const [row] = await tx.client.$queryRaw<{ packs: string | null }[]>`
    SELECT encode(string_agg(
      int2send(n."place"::int2) || int4send((extract(epoch FROM p."at") / ${stepSeconds}::int)::int4)
      || int2send((length(p."steps") / ${STEP_BYTES}::int)::int2) || p."steps" || ${Prisma.join(values, " || ")}, ''), 'base64')
      AS "packs"
    FROM unnest(${[...nodeIds]}::text[]) WITH ORDINALITY AS n("id", "place")
    JOIN "DerivedPack" p ON p."nodeId" = n."id"
    WHERE p."stepSeconds" = ${stepSeconds} AND p."at" > ${firstPackWithin(stepSeconds, from)} AND p."at" < ${to}`;
  return figuresIn(Buffer.from(row?.packs ?? "", "base64"), query, wanted.length);
}

function* figuresIn(
  bytes: Buffer,
  { nodeIds, stepSeconds, from, to }: Parameters<typeof readDerivedFigures>[1],
  width: number,
): Generator<DerivedFigure, void> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const values = new Array<number>(width).fill(0);
  const figure: DerivedFigure = { nodeId: "", at: 0, seconds: 0, simulated: false, doubt: null, values };
  const [fromMs, toMs] = [from.getTime(), to.getTime()];
  for (let pack = 0; pack < bytes.length; ) {
    figure.nodeId = nodeIds[view.getInt16(pack) - 1] ?? ""; // places are counted from 1, as SQL does
    const first = view.getInt32(pack + 2);
    const count = view.getInt16(pack + 6);
    const steps = pack + HEADER_BYTES;
    const columns = steps + count * STEP_BYTES;
    for (let index = 0; index < count; index += 1) {
      const step = steps + index * STEP_BYTES;
      figure.at = (first + view.getInt16(step)) * stepSeconds * 1000;
      if (figure.at < fromMs || figure.at >= toMs) continue;
      figure.seconds = view.getInt16(step + 2);
      const flags = view.getInt16(step + 4);
      figure.simulated = (flags & SIMULATED) !== 0;
      figure.doubt = DOUBTS[Math.floor(flags / DOUBT_FROM) - 1] ?? null;
      for (let value = 0; value < width; value += 1)
        values[value] = view.getInt32(columns + (value * count + index) * VALUE_BYTES);
      yield figure;
    }
    pack = columns + count * width * VALUE_BYTES;
  }
}
