import type { Ctx } from "#lib/identity/ctx.ts";
import { forbidden, invalidField, notFound } from "#lib/platform/errors.ts";
import { type ChartRange, chartRange } from "./chart-range.ts";
import { derivedNotes } from "./derived/derived-notes.ts";
import { readDerivedSteps } from "./derived/derived-rollup-store.ts";
import { type FilledRows, fillWithDerived } from "./derived/fill-chart.ts";
import { marksOfChart } from "./events.ts";
import {
  buildNodeChart,
  derivedCountersOf,
  histogramOf,
  NODE_CHARTS,
  type NodeChartDef,
  type RollupRow,
} from "./node-chart.ts";
import type { Chart, ChartMetric, ChartQuery } from "./schema.ts";
import { lastLookAt, readNodeRollups } from "./series/series-store.ts";
import { findPool, firstTraceAt, listChartNodes, readTraceBuckets } from "./store.ts";
import { buildTraceChart, TRACE_CHARTS, type TraceChartDef } from "./trace-chart.ts";

type Nodes = Awaited<ReturnType<typeof listChartNodes>>;
type ReadScope = {
  tenantId: string | undefined;
  /** Nodes asked about; none for a customer. */
  nodes: Nodes;
  /** Their ids, when a pool or a node was named; a view of the whole fleet is not narrowed to the nodes it has now. */
  nodeIds: readonly string[] | undefined;
};
type Asked = ReadScope & { metric: ChartMetric; range: ChartRange };

/**
 * One chart. Node figures come from rollups of scrapes, tenants' own and everything about fallbacks from the gateway's
 * trace.
 * @throws AppError `invalid`, `forbidden` (a customer asks for a figure of nodes) or `not_found`
 */
export async function readChart(ctx: Ctx, metric: ChartMetric, query: ChartQuery): Promise<Chart> {
  const range = chartRange(query, ctx.clock.now());
  const asked: Asked = { metric, range, ...(await readScope(ctx, query)) };
  const traceDef: TraceChartDef | undefined = isTraceMetric(metric) ? TRACE_CHARTS[metric] : undefined;
  const nodeDef: NodeChartDef | undefined = isNodeMetric(metric) ? NODE_CHARTS[metric] : undefined;
  if (asked.tenantId === undefined && nodeDef) return nodeChart(ctx, nodeDef, asked);
  if (traceDef) return traceChart(ctx, traceDef, asked);
  if (ctx.scope.kind === "tenant") throw forbidden("This figure belongs to the nodes, which all customers share.");
  throw invalidField(
    "tenantId",
    "not_per_tenant",
    `Nodes do not tell tenants apart in "${metric}".`,
    "Leave out tenantId.",
  );
}

const isTraceMetric = (metric: ChartMetric): metric is keyof typeof TRACE_CHARTS => metric in TRACE_CHARTS;
const isNodeMetric = (metric: ChartMetric): metric is keyof typeof NODE_CHARTS => metric in NODE_CHARTS;

/** A customer's chart is always of their own tenant; what they may not see answers like what does not exist. */
export async function readScope(
  ctx: Ctx,
  query: { tenantId?: string | undefined; poolId?: string | undefined; nodeId?: string | undefined },
): Promise<ReadScope> {
  if (ctx.scope.kind === "tenant") {
    if (query.poolId !== undefined) throw notFound("pool");
    if (query.nodeId !== undefined) throw notFound("node");
    if (query.tenantId !== undefined && query.tenantId !== ctx.scope.tenantId) throw notFound("tenant");
    return { tenantId: ctx.scope.tenantId, nodes: [], nodeIds: undefined };
  }
  if (query.poolId !== undefined && !(await findPool(ctx.tx, query.poolId))) throw notFound("pool");
  const nodes = await listChartNodes(ctx.tx, query);
  if (query.nodeId !== undefined && nodes.length === 0) throw notFound("node");
  const isNarrowed = query.poolId !== undefined || query.nodeId !== undefined;
  return { tenantId: query.tenantId, nodes, nodeIds: isNarrowed ? nodes.map((node) => node.id) : undefined };
}

async function nodeChart(ctx: Ctx, def: NodeChartDef, asked: Asked): Promise<Chart> {
  const { metric, range, nodes } = asked;
  const nodeIds = nodes.map((node) => node.id);
  const histogram = histogramOf(def);
  const rollups = await readNodeRollups(ctx.tx, {
    nodeIds,
    stepSeconds: range.rollupStep,
    from: range.from,
    to: range.to,
  });
  const rows = rollups.map(({ data, ...row }) => ({
    ...row,
    ...data,
    histogram: (histogram && data.histograms[histogram]) ?? null,
  }));
  const filled = await fillChart(ctx, def, rows, asked);
  const built = buildNodeChart(def, nodes, filled.rows, range);
  const asOf = await lastLookAt(ctx.tx, nodeIds, range);
  const lastRow = Math.max(...filled.rows.map(({ at }) => at.getTime()));
  const lastStepEnd = filled.rows.length === 0 ? null : Math.min(lastRow + range.rollupStep * 1000, range.to.getTime());
  const notes = [...built.notes, ...(await derivedNotes(ctx.tx, nodes, filled.derived, range.to))];
  return {
    ...header(metric, def, range),
    source: filled.source,
    series: built.series,
    simulated: built.simulated,
    // only the last look is kept by itself; an older range ends with its last step
    asOf: (asOf ?? (lastStepEnd === null ? null : new Date(lastStepEnd)))?.toISOString() ?? null,
    coverage: { seen: built.seen, of: nodes.length },
    annotations: await marksOfChart(ctx, { from: range.from, to: range.to, nodeIds: asked.nodeIds }),
    note: noteFrom(nodes.length === 0 ? ["No node serves customers here yet."] : notes),
  };
}

/** Where a node exports no such counter, what was derived stands in for it. */
async function fillChart(ctx: Ctx, def: NodeChartDef, rows: RollupRow[], { nodes, range }: Asked): Promise<FilledRows> {
  const wanted = derivedCountersOf(def);
  if (wanted.length === 0) return { rows, source: "measured", derived: [] };
  const { rollupStep: stepSeconds, from, to } = range;
  const nodeIds = nodes.map(({ id }) => id);
  return fillWithDerived(rows, await readDerivedSteps(ctx.tx, { nodeIds, stepSeconds, from, to }), wanted);
}

async function traceChart(ctx: Ctx, def: TraceChartDef, asked: Asked): Promise<Chart> {
  const { metric, range, tenantId, nodeIds } = asked;
  const filter = { tenantId, nodeIds };
  const traces = await readTraceBuckets(ctx.tx, {
    ...filter,
    from: range.from,
    to: range.to,
    stepSeconds: range.stepSeconds,
  });
  const series = buildTraceChart(def, traces.buckets, range, await firstTraceAt(ctx.tx, filter));
  return {
    ...header(metric, def, range),
    series,
    simulated: traces.simulated,
    asOf: traces.lastAt?.toISOString() ?? null,
    coverage: null,
    annotations: await marksOfChart(ctx, { from: range.from, to: range.to, tenantId, nodeIds }),
    note: noteFrom([def.note]),
  };
}

const header = (metric: ChartMetric, { title, unit }: NodeChartDef | TraceChartDef, range: ChartRange) => ({
  metric,
  title,
  unit,
  from: range.from.toISOString(),
  to: range.to.toISOString(),
  stepSeconds: range.stepSeconds,
  source: "measured" as const,
});

const noteFrom = (notes: readonly string[]): string | null => (notes.length === 0 ? null : notes.join(" "));
