import type { Tx } from "#lib/platform/db.ts";
import { Prisma } from "#prisma/generated/client.ts";
import type { MetricSink } from "../charts/metric-sink.ts";
import type { GaugeName, HistogramName } from "../scrape/node-samples.ts";
import {
  CACHE_COLUMNS,
  CACHE_TABLES,
  COUNTER_COLUMNS,
  GAUGE_COLUMNS,
  HISTOGRAM_COLUMNS,
  isCacheCounter,
  type MetricNames,
  NODE_TABLES,
} from "./columns.ts";
import { boundsOf } from "./node-rows.ts";
import { type RollupQuery, readBounds } from "./rollup-store.ts";

/**
 * Emits the named metrics of nodes to a sink, over steps that begin in [from, to). Charts of a month and a hundred nodes
 * have 72,000 rows, so Postgres hands over each column of a node as one text.
 */
export async function emitMetrics(tx: Tx, query: RollupQuery, names: MetricNames, sink: MetricSink): Promise<void> {
  const counts = names.counters.filter(isCacheCounter);
  const others = names.counters.filter((name) => !isCacheCounter(name));
  await emitNodeMetrics(tx, query, { ...names, counters: others }, sink);
  if (counts.length === 0) return;
  const columns = counts.map((name) => CACHE_COLUMNS[name]);
  for (const node of await readColumns(tx, CACHE_TABLES[query.stepSeconds], query, columns, MEASURED)) {
    const place = sink.placeOf(node.nodeId);
    if (place < 0) continue;
    for (const [index, name] of counts.entries())
      eachValue(node, index, (at, value, row) => sink.counter(place, at, name, value, node.seconds[row] ?? 0));
  }
}

async function emitNodeMetrics(tx: Tx, query: RollupQuery, names: MetricNames, sink: MetricSink): Promise<void> {
  const counters = names.counters.flatMap((name) =>
    isCacheCounter(name) ? [] : { name, column: COUNTER_COLUMNS[name] },
  );
  const columns = [
    ...["looks", ...counters.map(({ column }) => column)],
    ...names.gauges.flatMap((name) => [`${GAUGE_COLUMNS[name]}_mean`, `${GAUGE_COLUMNS[name]}_max`]),
    ...names.histograms.flatMap((name) => [HISTOGRAM_COLUMNS[name], `${HISTOGRAM_COLUMNS[name]}_bounds`]),
  ];
  const table = NODE_TABLES[query.stepSeconds];
  const nodes = await readColumns(tx, table, query, columns, Prisma.empty);
  const boundIds = names.histograms.map((name) => columns.indexOf(`${HISTOGRAM_COLUMNS[name]}_bounds`));
  const bounds = await readBounds(
    tx,
    nodes.flatMap(({ values }) => boundIds.flatMap((column) => values[column] ?? [])),
  );
  for (const node of nodes) {
    const place = sink.placeOf(node.nodeId);
    if (place < 0) continue;
    const column = (name: string): readonly unknown[] => node.values[columns.indexOf(name)] ?? [];
    for (const at of node.at) sink.seen(place, at, node.simulated);
    for (const { name, column: of } of counters)
      eachValue(node, columns.indexOf(of), (at, value, row) =>
        sink.counter(place, at, name, value, node.seconds[row] ?? 0),
      );
    const scrapes = column("looks");
    for (const name of names.gauges) emitGauge(name, { node, place, column, scrapes }, sink);
    for (const name of names.histograms) emitHistogram(name, { node, place, column, bounds }, sink);
  }
}

type NodeColumns = {
  nodeId: string;
  simulated: boolean;
  /** Where each step begins, Unix milliseconds; the columns below have as many values. */
  at: readonly number[];
  seconds: readonly number[];
  /** In the order of the columns that were asked for; null = the node did not say. */
  values: readonly (readonly unknown[])[];
};
type NodeSeries = { node: NodeColumns; place: number; column: (name: string) => readonly unknown[] };

function eachValue(node: NodeColumns, column: number, emit: (at: number, value: number, row: number) => void): void {
  const values = node.values[column] ?? [];
  for (let row = 0; row < values.length; row += 1) {
    const value = values[row];
    if (typeof value === "number") emit(node.at[row] ?? 0, value, row);
  }
}

function emitGauge(
  name: GaugeName,
  { node, place, column, scrapes }: NodeSeries & { scrapes: readonly unknown[] },
  sink: MetricSink,
): void {
  const [means, maxima] = [column(`${GAUGE_COLUMNS[name]}_mean`), column(`${GAUGE_COLUMNS[name]}_max`)];
  for (const [row, mean] of means.entries()) {
    const [max, samples] = [maxima[row], scrapes[row]];
    if (typeof mean === "number" && typeof max === "number" && typeof samples === "number")
      sink.gauge(place, node.at[row] ?? 0, name, { max, total: mean * samples, samples });
  }
}

function emitHistogram(
  name: HistogramName,
  { node, place, column, bounds }: NodeSeries & { bounds: Awaited<ReturnType<typeof readBounds>> },
  sink: MetricSink,
): void {
  const ids = column(`${HISTOGRAM_COLUMNS[name]}_bounds`);
  for (const [row, counts] of column(HISTOGRAM_COLUMNS[name]).entries())
    if (Array.isArray(counts))
      sink.histogram(place, node.at[row] ?? 0, name, { le: boundsOf(String(ids[row]), bounds), counts });
}

const MEASURED = Prisma.sql`AND source = 'measured'`;
/** Columns of text, whose values need quotes. */
const isText = (column: string): boolean => column.endsWith("_bounds") || column === "doubt";

/**
 * Columns of each node over steps that begin in [from, to), in no order of time. `date_part`, because `extract` computes in
 * numerics, which is slower.
 * @param also a further condition on rows
 */
export async function readColumns(
  tx: Tx,
  table: string,
  { nodeIds, from, to }: Omit<RollupQuery, "stepSeconds">,
  columns: readonly string[],
  also: Prisma.Sql,
): Promise<NodeColumns[]> {
  const listed = (column: string) => {
    const text = isText(column) ? `'"' || ${column} || '"'` : `${column}::text`;
    return `string_agg(coalesce(${text}, 'null'), ',')`;
  };
  const selected = columns.map((column, index) => `, ${listed(column)} AS c${index}`).join("");
  const rows = await tx.client.$queryRaw<Record<string, string | boolean>[]>`
    SELECT node_id, bool_or(simulated) AS simulated, string_agg((date_part('epoch', at) * 1000)::int8::text, ',') AS at,
      string_agg(seconds::text, ',') AS seconds ${Prisma.raw(selected)}
    FROM ${Prisma.raw(table)} WHERE node_id = ANY(${[...nodeIds]}) AND at >= ${from} AND at < ${to} ${also}
    GROUP BY node_id`;
  const parsed = (text: unknown): unknown[] =>
    JSON.parse(`[${String(text).replaceAll("{", "[").replaceAll("}", "]")}]`);
  return rows.map((row) => ({
    nodeId: String(row.node_id),
    simulated: row.simulated === true,
    at: parsed(row.at) as number[],
    seconds: parsed(row.seconds) as number[],
    values: columns.map((_, index) => parsed(row[`c${index}`])),
  }));
}
