import type { ChartPart } from "#lib/metrics/browser/chart-metrics.ts";
import type { Tx } from "#lib/platform/db.ts";
import { together } from "#lib/platform/together.ts";
import { Prisma } from "#prisma/generated/client.ts";
import type { Timed } from "../charts/trace-chart.ts";
import { durationOf, keyOf, type TraceFilter, userTraces } from "../charts/trace-chart-store.ts";
import type { PackedFigure } from "./pack-requests.ts";
import { figuresAsked, NONE, type ReadPack, tellPack } from "./tell-pack.ts";
import { COUNTS_SIZE, type Counted, createTraceCells, type PartCells, type WantedQuantiles } from "./trace-cells.ts";

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

type Grid = { stepSeconds: number; starts: readonly Date[] };
export type TraceQuery = TraceFilter &
  Grid & { timed: Timed; counts: readonly Counted[]; quantiles: WantedQuantiles; by: ChartPart | null };
/** Customers' requests by part and step, whether any was simulated, and when the last one ended. */
export type TraceRead = { cells: ReturnType<typeof createTraceCells>; simulated: boolean; lastAt: Date | null };
type Told = { simulated: boolean; lastAt: number | null };

/**
 * Reads requests that arrived in [from, to): packs of hours that are over, by the hour where that is enough, and the requests
 * themselves of all others.
 * @throws PackError
 */
export async function readTraces(tx: Tx, query: TraceQuery): Promise<TraceRead> {
  const cells = createTraceCells(query, query.timed === "nothing" ? [] : query.quantiles);
  const packed = await packedHours(tx, query);
  const isByHour =
    query.timed === "nothing" &&
    query.stepSeconds % 3600 === 0 &&
    query.nodeIds === undefined &&
    (query.by === null || query.by === "tenant");
  const tellPacked = isByHour ? tellTotals : tellPacks;
  const [requests, told] = await together(
    tx,
    () => readRequests(tx, query, windowsBetween(packed, query)),
    async () => (packed.length === 0 ? nothing : tellPacked(tx, query, packed, cells)),
  );
  // behind the packs, whose hours come before: what is told step by step need not be sorted
  addRequests(cells, query, requests.rows);
  const lastAt = Math.max(requests.lastAt ?? Number.NEGATIVE_INFINITY, told.lastAt ?? Number.NEGATIVE_INFINITY);
  return {
    cells,
    simulated: requests.simulated || told.simulated,
    lastAt: Number.isFinite(lastAt) ? new Date(lastAt) : null,
  };
}

const nothing: Told = { simulated: false, lastAt: null };

/** Hours in the range that are packed, ascending. One that ends inside a minute is read from the requests. */
async function packedHours(tx: Tx, { from, to }: TraceQuery): Promise<number[]> {
  const [row] = await tx.client.$queryRaw<{ hours: number[] | null }[]>`
    SELECT array_agg(extract(epoch FROM "at")::float8 ORDER BY "at") AS "hours" FROM "TraceHour"
    WHERE "settled" AND "at" > ${new Date(from.getTime() - HOUR_MS)} AND "at" < ${to}`;
  const isWhole = to.getTime() % MINUTE_MS === 0;
  return (row?.hours ?? []).map((second) => second * 1000).filter((at) => isWhole || at + HOUR_MS <= to.getTime());
}

/** What lies in the range and in none of these hours. */
function windowsBetween(hours: readonly number[], { from, to }: { from: Date; to: Date }): { from: Date; to: Date }[] {
  const windows: { from: Date; to: Date }[] = [];
  let next = from.getTime();
  for (const at of [...hours, Number.POSITIVE_INFINITY]) {
    const end = Math.min(at, to.getTime());
    if (next < end) windows.push({ from: new Date(next), to: new Date(end) });
    next = Math.max(next, at + HOUR_MS);
  }
  return windows;
}

type Cells = ReturnType<typeof createTraceCells>;

function stepsOf({ stepSeconds, starts }: Grid): (at: number) => number {
  const [first, stepMs] = [starts[0]?.getTime() ?? 0, stepSeconds * 1000];
  return (at) => {
    const step = Math.floor((at - first) / stepMs);
    return step >= 0 && step < starts.length ? step : -1;
  };
}

/** A step, a part, its counts and, where they are asked for, its durations: doubles, in base64. */
type Row = [
  at: number,
  key: string,
  ...counts: [number, number, number, number, number, number],
  times?: string | null,
];
type Answer = { rows: string | null; simulated: boolean | null; lastAt: Date | null };

function addRow(cells: Cells, step: number, [, key, ...figures]: Row): PartCells {
  const part = cells.part(key);
  for (let place = 0; place < COUNTS_SIZE; place += 1) {
    const at = step * COUNTS_SIZE + place;
    part.counts[at] = (part.counts[at] ?? 0) + Number(figures[place] ?? 0);
  }
  return part;
}

/** What a chart does not draw is not counted: that takes most of the time of an hour's requests. */
const COUNT_OF = {
  answered: Prisma.sql`count(*) FILTER (WHERE "status" < 400)`,
  failed: Prisma.sql`count(*) FILTER (WHERE "status" >= 500)`,
  fellBack: Prisma.sql`count(*) FILTER (WHERE "status" < 400 AND "fallbackReason" IS NOT NULL)`,
  promptTokens: Prisma.sql`COALESCE(sum("promptTokens"), 0)`,
  completionTokens: Prisma.sql`COALESCE(sum("completionTokens"), 0)`,
} as const satisfies Record<Exclude<Counted, "requests">, Prisma.Sql>;
const TIMES = Prisma.sql`encode(string_agg(float8send("ms"), '') FILTER (WHERE "ms" IS NOT NULL), 'base64')`;

async function readRequests(
  tx: Tx,
  query: TraceQuery,
  windows: readonly { from: Date; to: Date }[],
): Promise<Told & { rows: readonly Row[] }> {
  if (windows.length === 0) return { ...nothing, rows: [] };
  const step = query.stepSeconds;
  const within = windows.map(({ from, to }) => Prisma.sql`("arrivedAt" >= ${from} AND "arrivedAt" < ${to})`);
  const counted = (what: keyof typeof COUNT_OF) => (query.counts.includes(what) ? COUNT_OF[what] : Prisma.sql`0`);
  const times = query.timed === "nothing" ? Prisma.sql`NULL` : TIMES;
  const [answer] = await tx.client.$queryRaw<Answer[]>`
    SELECT json_agg(json_build_array("at", "key", "requests", "answered", "failed", "fellBack", "prompt", "completion",
        "times"))::text AS "rows", bool_or("simulated") AS "simulated", max("lastAt") AS "lastAt"
    FROM (
      SELECT "at", "key", count(*) AS "requests", ${counted("answered")} AS "answered", ${counted("failed")} AS "failed",
        ${counted("fellBack")} AS "fellBack", ${counted("promptTokens")} AS "prompt", ${counted("completionTokens")} AS "completion",
        ${times} AS "times", bool_or("simulated") AS "simulated", max("endedAt") AS "lastAt"
      FROM (SELECT *, date_part('epoch', date_bin(${step}::int * interval '1 second', "arrivedAt", 'epoch'::timestamptz)) * 1000 AS "at",
              ${keyOf(query.by)} AS "key", (${durationOf(query.timed)})::float8 AS "ms"
            FROM "RequestTrace" WHERE (${Prisma.join(within, " OR ")}) AND ${userTraces(tx, query)}) AS t
      GROUP BY 1, 2
    ) AS g`;
  const rows = JSON.parse(answer?.rows ?? "[]") as Row[];
  return { ...toldOf(answer), rows: rows.sort(([one], [other]) => one - other) };
}

function addRequests(cells: Cells, grid: Grid, rows: readonly Row[]): void {
  const stepOf = stepsOf(grid);
  for (const row of rows) {
    const step = stepOf(row[0]);
    const part = addRow(cells, step, row);
    const times = Buffer.from(row[8] ?? "", "base64");
    for (let at = 0; at < times.length; at += 8) part.times.add(step, times.readDoubleBE(at));
  }
}

const toldOf = (answer: Answer | undefined): Told => ({
  simulated: answer?.simulated ?? false,
  lastAt: answer?.lastAt?.getTime() ?? null,
});

const ofTenant = (tx: Tx, { tenantId }: TraceFilter): Prisma.Sql => {
  const asked = tx.scope.kind === "tenant" ? tx.scope.tenantId : tenantId;
  return asked === undefined ? Prisma.empty : Prisma.sql`AND "tenantId" = ${asked}`;
};
const hoursIn = (hours: readonly number[]) => Prisma.sql`"at" = ANY(${hours.map((at) => new Date(at))}::timestamptz[])`;

/** Packed hours, of which a chart with steps of whole hours reads the sums alone. */
async function tellTotals(tx: Tx, query: TraceQuery, hours: readonly number[], cells: Cells): Promise<Told> {
  const step = query.stepSeconds;
  const key = query.by === null ? Prisma.sql`''` : Prisma.sql`COALESCE(NULLIF("tenantId", ''), ${NONE})`;
  const [answer] = await tx.client.$queryRaw<Answer[]>`
    SELECT json_agg(json_build_array("at", "key", "requests", "answered", "failed", "fellBack", "prompt", "completion"))::text
      AS "rows", bool_or("simulated") AS "simulated", max("lastAt") AS "lastAt"
    FROM (
      SELECT floor(extract(epoch FROM "at") / ${step}::float8) * ${step}::float8 * 1000 AS "at", ${key} AS "key",
        sum("requests") AS "requests", sum("answered") AS "answered", sum("failed") AS "failed",
        sum("fellBack") AS "fellBack", sum("promptTokens") AS "prompt", sum("completionTokens") AS "completion",
        bool_or("simulated") AS "simulated", max("lastAt") AS "lastAt"
      FROM "TracePack" WHERE ${hoursIn(hours)} ${ofTenant(tx, query)} GROUP BY 1, 2
    ) AS g`;
  const stepOf = stepsOf(query);
  for (const row of JSON.parse(answer?.rows ?? "[]") as Row[]) addRow(cells, stepOf(row[0]), row);
  return toldOf(answer);
}

/** Packed hours, of which the figures asked for are strung together in one value. */
async function tellPacks(tx: Tx, query: TraceQuery, hours: readonly number[], cells: Cells): Promise<Told> {
  const nodeIds = query.nodeIds === undefined ? null : new Set(query.nodeIds);
  const figures = figuresAsked({ ...query, nodeIds });
  const [answer] = await tx.client.$queryRaw<Answer[]>`
    SELECT encode(string_agg(int8send((extract(epoch FROM "at") * 1000)::int8) || ${Prisma.join(partsOfFrame(figures), " || ")}, ''),
        'base64') AS "rows", bool_or("simulated") AS "simulated", max("lastAt") AS "lastAt"
    FROM "TracePack" WHERE ${hoursIn(hours)} ${ofTenant(tx, query)}`;
  const poolOf = query.by === "pool" ? await poolsOfNodes(tx) : new Map<string, string>();
  const range = { from: query.from.getTime(), to: query.to.getTime() };
  const stepOf = stepsOf(query);
  const ask = {
    ...{ timed: query.timed, counts: query.counts, by: query.by, nodeIds, poolOf, part: cells.part },
    stepOf: (at: number) => (at < range.from || at >= range.to ? -1 : stepOf(at)),
  };
  for (const pack of packsOf(answer?.rows ?? null, figures)) tellPack(pack, ask);
  return toldOf(answer);
}

async function poolsOfNodes(tx: Tx): Promise<Map<string, string>> {
  const nodes = await tx.client.node.findMany({ select: { id: true, poolId: true } });
  return new Map(nodes.map(({ id, poolId }) => [id, poolId]));
}

/** Tenant, adapters, nodes, minutes and figures, each behind its length; names that nobody asked for are left out. */
function partsOfFrame(figures: readonly PackedFigure[]): Prisma.Sql[] {
  const withLength = (bytes: Prisma.Sql) => Prisma.sql`int4send(length(${bytes})) || ${bytes}`;
  const list = (column: "adapters" | "nodes", isAsked: boolean) =>
    withLength(isAsked ? Prisma.raw(`convert_to(array_to_string("${column}", ','), 'UTF8')`) : Prisma.sql`''::bytea`);
  return [
    withLength(Prisma.sql`convert_to("tenantId", 'UTF8')`),
    list("adapters", figures.includes("adapter")),
    list("nodes", figures.includes("node")),
    withLength(Prisma.sql`"minutes"`),
    ...figures.map((figure) => withLength(Prisma.raw(`"${figure}"`))),
  ];
}

function* packsOf(base64: string | null, figures: readonly PackedFigure[]): Generator<ReadPack> {
  const bytes = Buffer.from(base64 ?? "", "base64");
  let at = 0;
  const next = (): Buffer => {
    const length = bytes.readInt32BE(at);
    at += 4 + length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const hour = Number(bytes.readBigInt64BE(at));
    at += 8;
    yield {
      at: hour,
      tenantId: next().toString(),
      adapters: next().toString().split(","),
      nodes: next().toString().split(","),
      minutes: next(),
      figures: Object.fromEntries(figures.map((figure) => [figure, next()])),
    };
  }
}
