import type { Tx } from "#lib/platform/db.ts";
import { Prisma } from "#prisma/generated/client.ts";
import type { NodeRollup, RollupStep } from "../rollup.ts";
import { isCharted, type NodeFilter } from "../store.ts";
import { columnTableOf } from "./column-store.ts";
import { type FigureNames, partsOf, SEEN } from "./columns.ts";
import { tickRows } from "./fold.ts";
import { unpackTick } from "./pack.ts";
import { beginStep, type FigureSink, type ReadStep, readColumn, readSum, tellRow } from "./read-columns.ts";
import { finerSteps, type RollupQuery, readClosed, readOldRollups } from "./series-store.ts";

/** Of what a frame is: all nodes one by one, their sums, or a scrape. */
const FORMS = ["data", "sum", "tick"] as const;
type Frame = { form: (typeof FORMS)[number]; step: RollupStep; part: number; at: number; roster: string; data: Buffer };

/** The newest good look at any of the nodes inside the window, where it is the last. */
export type Told = { lastLookAt: Date | null };

/** Which figures are read: of steps that start in [from, to). */
export type FigureQuery = Omit<RollupQuery, "nodeIds"> & {
  names: FigureNames;
  /** Take sums of nodes where the sink can use them. */
  wantsSums: boolean;
};

/**
 * Reads some figures of all nodes in one statement whose answer is one value, as a row a step and figure would cost more to
 * receive than to read. It need not be known yet which nodes are asked about.
 * @param of whose last look counts
 */
export async function readFigures(tx: Tx, query: FigureQuery, of: NodeFilter): Promise<StoredFigures> {
  const [row] = await tx.client.$queryRaw<StoredFigures[]>(storedFigures(query, of));
  return row ?? { frames: null, lastTick: null, lastLookAt: null, hasOld: false };
}

/**
 * Tells a sink what was read. Steps that have not ended are told in the parts that there are; rows from before there were
 * columns are told, too.
 * @throws PackError
 */
export async function tellFigures(
  tx: Tx,
  stored: StoredFigures,
  { names, ...range }: FigureQuery,
  nodeIds: readonly string[],
  sink: FigureSink,
): Promise<Told> {
  const query = { ...range, nodeIds };
  const frames = framesOf(stored.frames);
  const places = await placesOf(tx, frames, sink);
  const apart = tellFrames(frames, places, sink);
  if (apart.length > 0) await tellApart(tx, apart, places, sink);
  for (const rows of await rowsBesides(tx, query, frames, stored)) for (const row of rows) tellRow(row, names, sink);
  for (const { form, at, data } of frames) {
    if (form !== "tick") continue;
    const looks = unpackTick(data, `tick ${new Date(at).toISOString()}`, names);
    for (const row of tickRows({ at: new Date(at), looks }, query.stepSeconds)) tellRow(row, names, sink);
  }
  return { lastLookAt: stored.lastLookAt };
}

const HEADER_BYTES = 32;
export type StoredFigures = { frames: string | null; lastTick: Date | null; lastLookAt: Date | null; hasOld: boolean };

/** A frame of a stored row: its form and step, its part, when, which roster, how long, and the bytes. */
const frameOf = (form: Prisma.Sql, step: number, bytes: Prisma.Sql) => Prisma.sql`
  int2send((${form})::int2) || int2send(${step}::int2) || int2send(part::int2)
  || int8send((extract(epoch FROM at) * 1000)::int8) || uuid_send(roster) || int2send(0::int2)
  || int4send(length(${bytes})) || ${bytes}`;

function storedFigures({ stepSeconds, from, to, names, wantsSums }: FigureQuery, of: NodeFilter): Prisma.Sql {
  const stepMs = stepSeconds * 1000;
  const upTo = (at: Date) => new Date(Math.ceil(at.getTime() / stepMs) * stepMs);
  const [firstOpen, end] = [upTo(from), upTo(to)];
  // where the step that the last tick lies in begins: what follows is told by finer rows
  const openFrom = (step: number) => Prisma.sql`
    (SELECT greatest(date_bin(${step}::int * interval '1 second', at, 'epoch'::timestamptz), ${firstOpen}::timestamptz)
     FROM last WHERE at IS NOT NULL)`;
  const columns = (step: RollupStep, since: Prisma.Sql, until: Date) => {
    // who was seen for how long is told of single nodes only
    const asSum = Prisma.sql`${wantsSums}::boolean AND sum IS NOT NULL AND (part <> ${SEEN} OR ${names.counters.length === 0}::boolean)`;
    const bytes = Prisma.sql`(CASE WHEN ${asSum} THEN sum ELSE data END)`;
    return Prisma.sql`SELECT ${frameOf(Prisma.sql`CASE WHEN ${asSum} THEN 1 ELSE 0 END`, step, bytes)} AS frame
      FROM ${Prisma.raw(columnTableOf(step))}
      WHERE part = ANY(${partsOf(names)}::int[]) AND at >= ${since} AND at < ${until}`;
  };
  const coarser = [stepSeconds, ...finerSteps(stepSeconds)];
  const parts = [
    columns(stepSeconds, Prisma.sql`${from}`, to),
    ...finerSteps(stepSeconds).map((step, index) => columns(step, openFrom(coarser[index] ?? step), end)),
    Prisma.sql`SELECT ${frameOf(Prisma.sql`2`, 0, Prisma.sql`data`)} AS frame
      FROM (SELECT at, data, 0 AS part, '00000000-0000-0000-0000-000000000000'::uuid AS roster FROM series.tick) AS t
      WHERE at >= ${openFrom(coarser.at(-1) ?? stepSeconds)} AND at < ${end}`,
  ];
  return Prisma.sql`
    WITH last AS MATERIALIZED (SELECT max(at) AS at FROM series.tick)
    SELECT (SELECT encode(string_agg(frame, ''), 'base64') FROM (${Prisma.join(parts, " UNION ALL ")}) AS f) AS "frames",
      (SELECT at FROM last) AS "lastTick",
      (SELECT max(l.at) FROM series.node_look l JOIN "Node" n ON n."id" = l.node_id
       WHERE ${isCharted(of)} AND l.at >= ${from} AND l.at <= ${to}) AS "lastLookAt",
      EXISTS (SELECT 1 FROM "Rollup" WHERE "stepSeconds" = ${stepSeconds} AND "at" >= ${from} AND "at" < ${to}) AS "hasOld"`;
}

/** Frames by step, time and part: who was seen comes before what they said. */
function framesOf(base64: string | null): Frame[] {
  const bytes = Buffer.from(base64 ?? "", "base64");
  const frames: Frame[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = bytes.readInt32BE(at + HEADER_BYTES);
    const begin = at + HEADER_BYTES + 4;
    frames.push({
      form: FORMS[bytes.readInt16BE(at)] ?? "data",
      step: bytes.readInt16BE(at + 2) as RollupStep,
      part: bytes.readInt16BE(at + 4),
      at: Number(bytes.readBigInt64BE(at + 6)),
      roster: bytes.toString("latin1", at + 14, at + 30),
      data: bytes.subarray(begin, begin + length),
    });
    at = begin + length;
  }
  return frames.sort((a, b) => a.step - b.step || a.at - b.at || a.part - b.part);
}

/** @returns the figures that have to be told node by node, since their sums were of no use */
function tellFrames(frames: readonly Frame[], places: ReadonlyMap<string, Int32Array>, sink: FigureSink): Frame[] {
  const apart: Frame[] = [];
  let step: ReadStep | null = null;
  const told = frames.filter(({ form }) => form !== "tick");
  for (const [index, frame] of told.entries()) {
    if (isSaidAgain(frame, told, index)) continue;
    if (step === null || step.at !== frame.at || step.stepSeconds !== frame.step) step = begun(frame, places);
    if (frame.form === "data") readColumn(frame, step, sink);
    else if (!readSum(frame, step, sink)) apart.push(frame);
  }
  return apart;
}

/** Nearly always the same nodes were seen in the step that follows: then that one says it for both. */
function isSaidAgain({ form, part, step, roster, data }: Frame, frames: readonly Frame[], index: number): boolean {
  if (form !== "sum" || part !== SEEN) return false;
  for (let next = index + 1; next < frames.length; next += 1) {
    const later = frames[next];
    if (later?.part !== SEEN) continue;
    return later.form === form && later.step === step && later.roster === roster && data.equals(later.data);
  }
  return false;
}

const begun = ({ step, at, roster }: Frame, places: ReadonlyMap<string, Int32Array>): ReadStep =>
  beginStep(step, at, places.get(roster) ?? new Int32Array(0));

async function tellApart(
  tx: Tx,
  apart: readonly Frame[],
  places: ReadonlyMap<string, Int32Array>,
  sink: FigureSink,
): Promise<void> {
  const isApart = new Set(apart.map(({ step, part, at }) => `${step} ${part} ${at}`));
  for (const step of new Set(apart.map((frame) => frame.step))) {
    const own = apart.filter((frame) => frame.step === step);
    const [row] = await tx.client.$queryRaw<{ frames: string | null }[]>`
      SELECT encode(string_agg(${frameOf(Prisma.sql`0`, step, Prisma.sql`data`)}, ''), 'base64') AS "frames"
      FROM ${Prisma.raw(columnTableOf(step))}
      WHERE part = ANY(${[...new Set(own.map(({ part }) => part))]}::int[])
        AND at >= ${new Date(own[0]?.at ?? 0)} AND at <= ${new Date(own.at(-1)?.at ?? 0)}`;
    for (const frame of framesOf(row?.frames ?? null))
      if (isApart.has(`${step} ${frame.part} ${frame.at}`)) readColumn(frame, begun(frame, places), sink);
  }
}

/** Rows of single nodes: of steps before the first column, and from before migration 0006. */
async function rowsBesides(
  tx: Tx,
  query: RollupQuery,
  frames: readonly Frame[],
  { lastTick, hasOld }: StoredFigures,
): Promise<NodeRollup[][]> {
  const read: NodeRollup[][] = hasOld ? [await readOldRollups(tx, query)] : [];
  let window = { from: query.from, to: query.to };
  for (const step of [query.stepSeconds, ...finerSteps(query.stepSeconds)]) {
    const first = frames.find((frame) => frame.step === step && frame.part === SEEN && frame.form !== "tick");
    const to = first === undefined ? window.to : new Date(Math.min(first.at, window.to.getTime()));
    if (window.from < to) read.push(await readClosed(tx, { ...query, stepSeconds: step, from: window.from, to }));
    if (lastTick === null) break;
    const stepMs = step * 1000;
    const open = Math.max(Math.floor(lastTick.getTime() / stepMs), Math.ceil(window.from.getTime() / stepMs)) * stepMs;
    window = { from: new Date(open), to: new Date(Math.ceil(window.to.getTime() / stepMs) * stepMs) };
    if (window.from >= window.to) break;
  }
  return read;
}

/** Rosters never change: a roster's id is a hash of what it says. */
const ROSTERS_KEPT = 200;
const kept = new Map<string, readonly string[]>();

/** By roster, the sink's places of its nodes. */
async function placesOf(tx: Tx, frames: readonly Frame[], sink: FigureSink): Promise<Map<string, Int32Array>> {
  const asked = [...new Set(frames.flatMap(({ form, roster }) => (form === "tick" ? [] : roster)))];
  const missing = asked
    .filter((roster) => !kept.has(roster))
    .map((roster) => Buffer.from(roster, "latin1").toString("hex"));
  if (missing.length > 0) {
    const rows = await tx.client.$queryRaw<{ id: string; nodes: string[] }[]>`
      SELECT id::text, nodes FROM series.roster WHERE id = ANY(${missing}::uuid[])`;
    if (kept.size + rows.length > ROSTERS_KEPT) kept.clear();
    for (const { id, nodes } of rows) kept.set(Buffer.from(id.replaceAll("-", ""), "hex").toString("latin1"), nodes);
  }
  return new Map(
    asked.map((roster) => [roster, Int32Array.from(kept.get(roster) ?? [], (nodeId) => sink.placeOf(nodeId))]),
  );
}
