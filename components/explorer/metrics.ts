import type { ChosenScope } from "#components/ui/scope-selects.tsx";
import {
  CHART_METRICS,
  type ChartMetric,
  type ChartPart,
  TENANT_CHART_METRICS,
} from "#lib/metrics/browser/chart-metrics.ts";

/** Where one looks: a tenant's requests, or those of all of a pool or node. They exclude each other. */
export type Scope = ChosenScope;

export type ChartGroup = { id: string; title: string; metrics: readonly ChartMetric[] };

/** By what a view can be split: engines know pools and nodes, the gateway's record tenants and adapters as well. */
export const partsOf = ({ tenant, node }: Scope): readonly ChartPart[] => {
  if (tenant !== "") return ["adapter", "node"];
  return node === "" ? ["pool", "node", "tenant", "adapter"] : ["tenant", "adapter"];
};

/** Each chart costs a read every ten seconds. */
export const MOST_CHARTS = 6;

/** The gateway's own record of requests, which knows tenants; all others are counted by engines, which do not. */
export const REQUEST_METRICS: readonly ChartMetric[] = TENANT_CHART_METRICS;
export const NODE_METRICS: readonly ChartMetric[] = CHART_METRICS.filter((metric) => !REQUEST_METRICS.includes(metric));

const USUAL: readonly ChartMetric[] = ["latency", "requests", "fallback-share", "evictions", "swap-source", "running"];
const USUAL_OF_TENANTS: readonly ChartMetric[] = [
  "latency",
  "requests",
  "fallback-share",
  "ttft",
  "throughput",
  "errors",
];

const knowsTenants = ({ tenant }: Scope, by: ChartPart | null): boolean =>
  tenant !== "" || by === "tenant" || by === "adapter";

/** Which can be drawn of a scope, split in a way. */
export const metricsOf = (scope: Scope, by: ChartPart | null): readonly ChartMetric[] =>
  knowsTenants(scope, by) ? REQUEST_METRICS : CHART_METRICS;

/**
 * Which charts stand, in the order they are read.
 * @param chosen none = the usual ones; those that the scope has no figures of are left out
 */
export function chartsOf(scope: Scope, by: ChartPart | null, chosen: readonly ChartMetric[]): readonly ChartMetric[] {
  const known = metricsOf(scope, by);
  const drawn = chosen.filter((metric) => known.includes(metric)).slice(0, MOST_CHARTS);
  if (drawn.length > 0) return drawn;
  return knowsTenants(scope, by) ? USUAL_OF_TENANTS : USUAL;
}

/** Those of requests apart from those of nodes. */
export const groupsOf = (charts: readonly ChartMetric[]): ChartGroup[] =>
  [
    { id: "requests", title: "Requests", metrics: charts.filter((metric) => REQUEST_METRICS.includes(metric)) },
    { id: "nodes", title: "Nodes", metrics: charts.filter((metric) => NODE_METRICS.includes(metric)) },
  ].filter(({ metrics }) => metrics.length > 0);

/** The charts after one was taken in or out, in the order in which all of them are listed. */
export const withChart = (charts: readonly ChartMetric[], metric: ChartMetric, isIn: boolean): ChartMetric[] =>
  CHART_METRICS.filter((one) => (one === metric ? isIn : charts.includes(one)));

/** The API's words for a scope. */
export const queryOf = ({ pool, node, tenant }: Scope): { poolId?: string; nodeId?: string; tenantId?: string } => {
  if (tenant !== "") return { tenantId: tenant };
  if (node !== "") return { nodeId: node };
  return pool === "" ? {} : { poolId: pool };
};
