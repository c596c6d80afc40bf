import type { Tx } from "#lib/platform/db.ts";
import { Prisma } from "#prisma/generated/client.ts";
import type { RollupStep } from "../rollup.ts";
import { type DerivedCounter, DOUBTS, type Doubt } from "./derived-rows.ts";

/** What can be read of a step: counters, and the most adapters that were asked for at once. */
type DerivedValue = DerivedCounter | "adaptersPeak";

/** The column that keeps each. */
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

/** A row in the answer: its node's place, its step, seconds, flags and figures, each in so many bytes. */
const [PLACE, STEP, SECONDS, FLAGS, VALUE] = [2, 4, 2, 2, 4] as const;
/** Bits of the flags; above them is the doubt, 0 = none. */
const [SIMULATED, DOUBT_FROM] = [1, 2] as const;

/**
 * Some figures that were derived of nodes, over steps that start in [from, to), in any order: in one statement whose answer
 * is one value, as a row a node and step costs more to receive than to read.
 * @returns what it yields is good until the next is asked for
 */
export async function readDerivedFigures(
  tx: Tx,
  query: { nodeIds: readonly string[]; stepSeconds: RollupStep; from: Date; to: Date },
  wanted: readonly DerivedValue[],
): Promise<Iterable<DerivedFigure>> {
  const { nodeIds, stepSeconds, from, to } = query;
  const values = wanted.map((name) => Prisma.raw(`int4send("${COLUMNS[name]}")`));
  const [row] = await tx.client.$queryRaw<{ rows: string | null }[]>`
    SELECT encode(string_agg(
      int2send(n."place"::int2) || int4send((date_part('epoch', d."at") / ${stepSeconds}::int)::int4) || int2send(d."seconds"::int2)
      || int2send((CASE WHEN d."simulated" THEN ${SIMULATED}::int ELSE 0 END
           + ${DOUBT_FROM}::int * COALESCE(array_position(${[...DOUBTS]}::text[], d."doubt"), 0))::int2)
      || ${Prisma.join(values, " || ")}, ''), 'base64') AS "rows"
    FROM unnest(${[...nodeIds]}::text[]) WITH ORDINALITY AS n("id", "place")
    JOIN "DerivedRollup" d ON d."nodeId" = n."id"
    WHERE d."stepSeconds" = ${stepSeconds} AND d."at" >= ${from} AND d."at" < ${to}`;
  return figuresIn(Buffer.from(row?.rows ?? "", "base64"), nodeIds, stepSeconds * 1000, wanted.length);
}

function* figuresIn(
  bytes: Buffer,
  nodeIds: readonly string[],
  stepMs: number,
  count: number,
): Generator<DerivedFigure, void> {
  const values = new Array<number>(count).fill(0);
  for (let at = 0; at < bytes.length; ) {
    const place = bytes.readInt16BE(at) - 1; // as SQL counts
    const step = bytes.readInt32BE(at + PLACE);
    const seconds = bytes.readInt16BE(at + PLACE + STEP);
    const flags = bytes.readInt16BE(at + PLACE + STEP + SECONDS);
    at += PLACE + STEP + SECONDS + FLAGS;
    for (let index = 0; index < count; index += 1, at += VALUE) values[index] = bytes.readInt32BE(at);
    const doubt = DOUBTS[Math.floor(flags / DOUBT_FROM) - 1] ?? null;
    const simulated = (flags & SIMULATED) !== 0;
    yield { nodeId: nodeIds[place] ?? "", at: step * stepMs, seconds, simulated, doubt, values };
  }
}
