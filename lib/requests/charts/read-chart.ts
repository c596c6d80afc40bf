import type { Ctx } from "#lib/identity/ctx.ts";
import { type ChartMetric, type ChartPart, titleOfChart } from "#lib/metrics/browser/chart-metrics.ts";
import { type ChartRange, chartRange } from "#lib/metrics/charts/chart-range.ts";
import { fillWithPeaks } from "#lib/metrics/charts/fallback-series.ts";
import { createNodeChart, type NodeChart, type NodeSplit } from "#lib/metrics/charts/node-chart.ts";
import {
  derivedCountersOf,
  fallbackGaugeOf,
  metricsOfChart,
  NODE_CHARTS,
  type NodeChartDef,
} from "#lib/metrics/charts/node-chart-defs.ts";
import { OTHER } from "#lib/metrics/charts/rank-parts.ts";
import { comparedSentence } from "#lib/metrics/derived/compare-counts.ts";
import { derivedNotes } from "#lib/metrics/derived/derived-notes.ts";
import { readDerivedSamples } from "#lib/metrics/derived/derived-rollup-store.ts";
import { type DerivedSample, fillWithDerived } from "#lib/metrics/derived/fill-chart.ts";
import { settledUntil } from "#lib/metrics/derived/follow-node.ts";
import { marksOfChart } from "#lib/metrics/marks/events.ts";
import type { MarkPlace } from "#lib/metrics/marks/mark-store.ts";
import { weakestSource } from "#lib/metrics/measurement.ts";
import type { MetricNames } from "#lib/metrics/node-minute/columns.ts";
import { emitMetrics } from "#lib/metrics/node-minute/metric-store.ts";
import type { RollupQuery } from "#lib/metrics/node-minute/rollup-store.ts";
import type { RollupStep } from "#lib/metrics/rollup.ts";
import type { Chart, ChartQuantile, ChartQuery, ChartSeries } from "#lib/metrics/schema.ts";
import { lastScrapeWithin } from "#lib/metrics/scrape/scrape-store.ts";
import { type ChartNode, findPool, listChartNodes, type NodeFilter } from "#lib/metrics/store.ts";
import { groupBy } from "#lib/platform/browser/group-by.ts";
import { forbidden, invalidField, notFound } from "#lib/platform/errors.ts";
import { runParallel } from "#lib/platform/run-parallel.ts";
import { servedUntil } from "../traffic/live-reports.ts";
import { firstUsageAt, readUsageSums, type UsageFilter, type UsageSum } from "../usage/usage-sums-store.ts";
import { drawOtherTraffic, OTHER_KINDS } from "./other-traffic.ts";
import { NONE, namesOfParts } from "./part-names-store.ts";
import { CELL_COUNTS, originOf } from "./request-cells.ts";
import {
  buildRequestChart,
  buildRequestSplit,
  lineOfSplit,
  REQUEST_CHARTS,
  type RequestChartDef,
  rankSums,
} from "./request-chart.ts";

type Nodes = readonly ChartNode[];
type ReadScope = {
  tenantId: string | undefined;
  /** They and their pools, when one was named; a view of the whole fleet is not narrowed to the nodes it has now. */
  within: MarkPlace | undefined;
  /** When a whole pool was named: what its nodes answered. */
  poolId: string | undefined;
};
type Asked = {
  metric: ChartMetric;
  range: ChartRange;
  by: ChartPart | null;
  first: readonly string[];
  quantile: ChartQuantile;
};

/**
 * One chart. Figures of customers' requests come from what gateways counted, those of nodes from rollups of scrapes.
 * @throws AppError `invalid`, `forbidden` (a customer asks for a figure of nodes) or `not_found`
 */
export async function readChart(ctx: Ctx, metric: ChartMetric, query: ChartQuery): Promise<Chart> {
  const by = partAsked(ctx, query);
  const asked: Asked = {
    ...{ metric, by, range: chartRange(query, ctx.clock.now()) },
    first: query.first?.split(",") ?? [],
    quantile: query.quantile ?? "p95",
  };
  const requestDef: RequestChartDef | undefined = isRequestMetric(metric) ? REQUEST_CHARTS[metric] : undefined;
  const nodeDef: NodeChartDef | undefined = isNodeMetric(metric) ? NODE_CHARTS[metric] : undefined;
  const isOfTenant = ctx.scope.kind === "tenant" || query.tenantId !== undefined;
  if (nodeDef && !isOfTenant && by !== "tenant" && by !== "adapter") return nodeChart(ctx, nodeDef, asked, query);
  const scope = await readScope(ctx, query);
  if (requestDef) return requestChart(ctx, requestDef, asked, scope);
  if (ctx.scope.kind === "tenant") throw forbidden("This figure belongs to the nodes, which all customers share.");
  const field = query.tenantId === undefined ? "by" : "tenantId";
  throw invalidField(
    field,
    "not_per_tenant",
    `Nodes do not report "${metric}" per tenant.`,
    field === "by" ? "Split by node or pool." : "Leave out tenantId.",
  );
}

/** Customers see their adapters apart, and nothing of what all customers share. */
function partAsked(ctx: Ctx, { by = null }: { by?: ChartPart | null | undefined }): ChartPart | null {
  if (ctx.scope.kind === "tenant" && by !== null && by !== "adapter")
    throw forbidden("Your own requests can be split by adapter only.");
  return by;
}

const isRequestMetric = (metric: ChartMetric): metric is keyof typeof REQUEST_CHARTS => metric in REQUEST_CHARTS;
const isNodeMetric = (metric: ChartMetric): metric is keyof typeof NODE_CHARTS => metric in NODE_CHARTS;

/** A customer's chart is always of their own tenant; what they may not see answers like what does not exist. */
export async function readScope(ctx: Ctx, query: NodeFilter & { tenantId?: string | undefined }): Promise<ReadScope> {
  if (ctx.scope.kind === "tenant") {
    if (query.poolId !== undefined) throw notFound("pool");
    if (query.nodeId !== undefined) throw notFound("node");
    if (query.tenantId !== undefined && query.tenantId !== ctx.scope.tenantId) throw notFound("tenant");
    return { tenantId: ctx.scope.tenantId, within: undefined, poolId: undefined };
  }
  const within = isNarrowed(query) ? (await readPlace(ctx, query)).within : undefined;
  return { tenantId: query.tenantId, within, poolId: query.nodeId === undefined ? query.poolId : undefined };
}

type Place = { nodes: Nodes; within: MarkPlace | undefined };
const isNarrowed = ({ poolId, nodeId }: NodeFilter): boolean => poolId !== undefined || nodeId !== undefined;

/** The nodes asked about. */
async function readPlace(ctx: Ctx, query: NodeFilter): Promise<Place> {
  if (query.poolId !== undefined && !(await findPool(ctx.tx, query.poolId))) throw notFound("pool");
  const nodes = await listChartNodes(ctx.tx, query);
  if (query.nodeId !== undefined && nodes.length === 0) throw notFound("node");
  if (!isNarrowed(query)) return { nodes, within: undefined };
  const poolIds = query.poolId === undefined ? nodes.map(({ pool }) => pool.id) : [query.poolId];
  return { nodes, within: { nodeIds: idsOf(nodes), poolIds } };
}

async function nodeChart(ctx: Ctx, def: NodeChartDef, asked: Asked, of: NodeFilter): Promise<Chart> {
  const { range } = asked;
  const { nodes, within } = await readPlace(ctx, of);
  const fallback = fallbackGaugeOf(def);
  const names = { ...metricsOfChart(def.shape), ...(fallback === null ? {} : { gauges: [] }) };
  const derivable = derivedCountersOf(def);
  const query = { nodeIds: idsOf(nodes), stepSeconds: range.rollupStep, from: range.from, to: range.to };
  const chart = createNodeChart(def, nodes, range, splitOf(asked, nodes));
  // staff alone come here, whose reads have connections of their own
  const [, derived, annotations, lastScrapeAt] = await Promise.all([
    emitMetrics(ctx.tx, query, names, chart),
    derivable.length === 0 ? [] : readDerivedSamples(ctx.tx, query, derivable),
    marksOfChart(ctx, { from: range.from, to: range.to, within }),
    lastScrapeWithin(ctx.tx, query.nodeIds, range.from, range.to),
  ]);
  const filled =
    fallback === null
      ? await fillCounters(ctx, { def, chart, nodes, derived }, query)
      : await fillWithFallback(ctx, { chart, nodes }, query, { ...NOTHING, gauges: [fallback] });
  const built = chart.build();
  const lastAt = chart.lastAt();
  const lastStepEnd = lastAt && Math.min(lastAt.getTime() + range.rollupStep * 1000, range.to.getTime());
  const notes = [...built.notes, ...filled.notes];
  return {
    ...header(def, asked, built.drawn),
    source: weakestSource(filled.source, def.source ?? "measured"),
    series: built.series,
    simulated: built.simulated,
    // only the last scrape is kept by itself; an older range ends with its last step
    asOf: (lastScrapeAt ?? (lastStepEnd === null ? null : new Date(lastStepEnd)))?.toISOString() ?? null,
    coverage: { seen: built.seen, of: nodes.length },
    annotations,
    note: noteFrom(nodes.length === 0 ? ["No node serves customers here yet."] : notes),
    secondSource: filled.secondSource,
  };
}

type Filled = { source: Chart["source"]; notes: string[]; secondSource: string | null };
type Filling = { def: NodeChartDef; chart: NodeChart; nodes: Nodes; derived: Iterable<DerivedSample> };

/** Where a node exports no such counter, what was derived stands in for it: tells how sure the chart is then, and why. */
async function fillCounters(
  ctx: Ctx,
  { def, chart, nodes, derived }: Filling,
  { stepSeconds, to }: { stepSeconds: RollupStep; to: Date },
): Promise<Filled> {
  const filled = fillWithDerived(chart, derived, derivedCountersOf(def), {
    stepSeconds,
    untilMs: settledUntil(ctx.clock.now()).getTime(),
  });
  const notes = await derivedNotes(ctx.tx, nodes, filled.derived, to);
  return { source: filled.source, notes, secondSource: comparedSentence(filled.compared) };
}

const NOTHING: MetricNames = { counters: [], gauges: [], histograms: [] };

/** The same of nodes that do not count their batches. Mostly all of them do, and nothing more need be read. */
async function fillWithFallback(
  ctx: Ctx,
  { chart, nodes }: { chart: NodeChart; nodes: Nodes },
  query: RollupQuery,
  wanted: MetricNames,
): Promise<Filled> {
  const nodeIds = idsOf(nodes).filter((id) => !chart.isCounting(chart.placeOf(id)));
  if (nodeIds.length === 0) return { ...fillWithPeaks(chart, [], nodes), secondSource: null };
  const [, peaks] = await Promise.all([
    emitMetrics(ctx.tx, { ...query, nodeIds }, wanted, chart),
    readDerivedSamples(ctx.tx, { ...query, nodeIds }, ["adaptersPeak"]),
  ]);
  return { ...fillWithPeaks(chart, peaks, nodes), secondSource: null };
}

const idsOf = (nodes: Nodes): string[] => nodes.map(({ id }) => id);

/** @returns null = the lines are those of the metric itself */
function splitOf({ by, quantile, first }: Asked, nodes: Nodes): NodeSplit | null {
  if (by === null) return null;
  const part = (node: Nodes[number]) => (by === "pool" ? node.pool : node);
  const partOf = new Map(nodes.map((node) => [node.id, { key: part(node).id, label: part(node).name }]));
  return { quantile, first, partOf };
}

async function requestChart(ctx: Ctx, def: RequestChartDef, asked: Asked, scope: ReadScope): Promise<Chart> {
  const { range, by } = asked;
  const { within } = scope;
  const { from, to } = range;
  const filter = filterOf(scope);
  const isWhole = by === null && asked.metric === "requests" && ctx.scope.kind === "platform";
  const [drawn, since, heardAt, annotations, others] = await runParallel(
    ctx.tx,
    () => (by === null ? readWhole(ctx, def, range, filter) : readSplit(ctx, def, asked, by, filter)),
    () => firstUsageAt(ctx.tx, filter),
    () => heardUntil(ctx, to),
    () => marksOfChart(ctx, { tenantId: scope.tenantId, within, from, to }),
    async () =>
      isWhole
        ? readUsageSums(ctx.tx, { ...filter, ...stepsOf(range), kinds: OTHER_KINDS, by: ["kind"], with: [] })
        : [],
  );
  const { simulated, lastAt } = originOf(drawn.sums);
  return {
    ...header(def, asked, drawn.label),
    series: [...drawn.draw(since), ...drawOtherTraffic(others, range, since)],
    simulated,
    asOf: latest(lastAt, heardAt)?.toISOString() ?? null,
    coverage: null,
    annotations,
    note: noteFrom([def.note]),
    secondSource: null,
  };
}

async function readWhole(
  ctx: Ctx,
  def: RequestChartDef,
  range: ChartRange,
  filter: UsageFilter,
): Promise<DrawnRequests> {
  const query = { ...filter, ...stepsOf(range), by: [], with: histogramsOf(def) };
  const sums = await readUsageSums(ctx.tx, query);
  return { sums, label: null, draw: (since) => buildRequestChart(def, sums, range, since) };
}

/** `sums`: what the origin of the chart is told from; `label`: what a split draws of each part. */
type DrawnRequests = { sums: readonly UsageSum[]; label: string | null; draw(since: Date | null): ChartSeries[] };

const histogramsOf = ({ histogram }: RequestChartDef) => (histogram === null ? [] : [histogram]);
const stepsOf = ({ from, to, stepSeconds }: ChartRange) => ({ from, to, stepSeconds, counts: CELL_COUNTS });

const filterOf = ({ tenantId, within, poolId }: ReadScope): UsageFilter => ({
  tenantIds: tenantId === undefined ? undefined : [tenantId],
  ...(poolId === undefined ? { nodeIds: within?.nodeIds } : { poolIds: [poolId] }),
});

/**
 * The ten parts with the largest figure, and the rest as one. What decides is read over the range as a whole, and step by step
 * only what gets a line: a thousand tenants by 5 minutes are half a million rows.
 */
async function readSplit(
  ctx: Ctx,
  def: RequestChartDef,
  { range, quantile, first }: Asked,
  by: ChartPart,
  filter: UsageFilter,
): Promise<DrawnRequests> {
  const line = lineOfSplit(def, quantile);
  const steps = { ...filter, ...stepsOf(range), with: histogramsOf(def) };
  const sums = await readUsageSums(ctx.tx, { ...steps, stepSeconds: null, by: [by] });
  const parts = groupBy(sums, partOf);
  const names = await namesOfParts(ctx.tx, by, [...parts.keys()]);
  const ranked = rankSums(def, line, parts, names, first);
  const keys = ranked.flatMap(({ key }) => (key === OTHER ? [] : [key === NONE ? "" : key]));
  const [named, all] = await runParallel(
    ctx.tx,
    () => readUsageSums(ctx.tx, { ...steps, by: [by], ...narrowed(filter, by, keys) }),
    async () => (ranked.length === keys.length ? [] : readUsageSums(ctx.tx, { ...steps, by: [] })),
  );
  const split = { parts, named: groupBy(named, partOf), all };
  return { sums, label: line.label, draw: (since) => buildRequestSplit(def, line, ranked, split, range, since) };
}

const partOf = ({ keys }: UsageSum): string => keys[0] || NONE;

/** Only some of the parts that a filter lets through, all of which it does. */
function narrowed(filter: UsageFilter, by: ChartPart, keys: readonly string[]): UsageFilter {
  switch (by) {
    case "tenant":
      return { ...filter, tenantIds: keys };
    case "adapter":
      return { ...filter, adapterIds: keys };
    case "node":
      return { ...filter, nodeIds: keys };
    case "pool":
      return filter;
  }
}

/** Who asked for nothing has a chart that is as current as anybody's. */
async function heardUntil({ tx, clock }: Ctx, to: Date): Promise<Date | null> {
  const heardAt = await servedUntil(tx, clock.now());
  return heardAt !== null && heardAt > to ? to : heardAt;
}

const latest = (one: Date | null, other: Date | null): Date | null =>
  one === null || (other !== null && other > one) ? other : one;

const header = ({ unit }: NodeChartDef | RequestChartDef, { metric, range, by }: Asked, drawn: string | null) => ({
  metric,
  title: titleOf(metric, by, drawn),
  unit,
  by,
  from: range.from.toISOString(),
  to: range.to.toISOString(),
  stepSeconds: range.stepSeconds,
  source: "measured" as const,
});

const noteFrom = (notes: readonly string[]): string | null => (notes.length === 0 ? null : notes.join(" "));

/** @param drawn of a split chart, what its lines show of each part; left out where the chart's own name says it */
function titleOf(metric: ChartMetric, by: ChartPart | null, drawn: string | null): string {
  const title = titleOfChart(metric);
  if (drawn === null || by === null) return title;
  return `${title}${title.toLowerCase().includes(drawn.toLowerCase()) ? "" : `, ${drawn}`} by ${by}`;
}
