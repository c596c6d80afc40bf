import { parseAsArrayOf, parseAsString, parseAsStringLiteral, useQueryStates } from "nuqs";
import { CHART_METRICS, CHART_PARTS, type ChartMetric, type ChartPart } from "#lib/metrics/browser/chart-metrics.ts";
import type { Scope } from "./metrics.ts";
import { useRange } from "./use-range.ts";

const VIEW = {
  pool: parseAsString.withDefault(""),
  node: parseAsString.withDefault(""),
  tenant: parseAsString.withDefault(""),
  charts: parseAsArrayOf(parseAsStringLiteral(CHART_METRICS)).withDefault([]),
  by: parseAsStringLiteral(CHART_PARTS),
};

/** The explorer's whole state, in the URL: a copied link shows the same charts. */
export function useView() {
  const [view, set] = useQueryStates(VIEW, { history: "push" });
  const range = useRange();
  return {
    range,
    scope: { pool: view.pool, node: view.node, tenant: view.tenant } satisfies Scope,
    /** none = the usual ones */
    charts: view.charts,
    by: view.by,
    setScope: (change: Partial<Scope>) => void set(withoutClash(change)),
    setCharts: (charts: readonly ChartMetric[] | null) => void set({ charts: charts && [...charts] }),
    setBy: (by: ChartPart | null) => void set({ by }),
  };
}
export type View = ReturnType<typeof useView>;

/** A tenant and nodes exclude each other, and a node is one of its pool: a choice clears what no longer fits. */
function withoutClash(change: Partial<Scope>): { [Key in keyof Scope]?: string | null } {
  const chosen = Object.fromEntries(Object.entries(change).map(([key, id]) => [key, id || null]));
  if (change.tenant) return { ...chosen, pool: null, node: null };
  if (change.node) return { ...chosen, tenant: null };
  if (change.pool !== undefined) return { ...chosen, node: null, ...(change.pool ? { tenant: null } : {}) };
  return chosen;
}
