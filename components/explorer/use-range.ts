import { parseAsBoolean, parseAsIsoDateTime, parseAsStringLiteral, useQueryStates } from "nuqs";
import { useRef } from "react";
import type { MetricChart } from "#components/charts/metric-chart.tsx";
import type { FixedRange } from "#components/ui/typed-range.ts";
import { useNow } from "#components/ui/use-now.ts";
import {
  DEFAULT_RANGE,
  DEFAULT_REFRESH,
  fixedOf,
  QUICK_KEYS,
  type QuickRange,
  REFRESH_KEYS,
  type Refresh,
  rangeBefore,
  rangeOf,
  refreshMsOf,
  zoomTo,
} from "./range.ts";

const RANGE = {
  range: parseAsStringLiteral(QUICK_KEYS).withDefault(DEFAULT_RANGE),
  from: parseAsIsoDateTime,
  to: parseAsIsoDateTime,
  every: parseAsStringLiteral(REFRESH_KEYS).withDefault(DEFAULT_REFRESH),
  compare: parseAsBoolean.withDefault(false),
};

/** How far back charts look, how often they look again, and whether beside the period before: all in the URL. */
export function useRange() {
  const [view, set] = useQueryStates(RANGE, { history: "push" });
  const fixed = fixedOf(view.from, view.to);
  // what double-click goes back through; a link that was opened zoomed goes back to its quick range
  const before = useRef<(FixedRange | null)[]>([]);
  const setFixed = (range: FixedRange | null) => void set({ from: range?.from ?? null, to: range?.to ?? null });
  return {
    quick: view.range,
    fixed,
    every: view.every,
    isCompared: view.compare,
    setQuick: (range: QuickRange) => {
      before.current = [];
      void set({ range, from: null, to: null });
    },
    setFixed: (range: FixedRange) => {
      before.current.push(fixed);
      setFixed(range);
    },
    zoomIn: (dragged: { from: number; to: number }) => {
      before.current.push(fixed);
      setFixed(zoomTo(dragged));
    },
    zoomOut: () => {
      if (fixed !== null) setFixed(before.current.pop() ?? null);
    },
    setEvery: (every: Refresh) => void set({ every }),
    setCompared: (compare: boolean) => void set({ compare }),
  };
}
export type RangeView = ReturnType<typeof useRange>;

type Shared = Pick<
  Parameters<typeof MetricChart>[0],
  "range" | "before" | "refreshMs" | "syncId" | "onZoom" | "onZoomOut" | "isForStaff"
>;

/** What all charts of a page have in common: one range, one crosshair, one zoom. */
export function useSharedChart(view: RangeView): Shared & { range: ReturnType<typeof rangeOf> } {
  const now = useNow(60_000);
  return {
    range: rangeOf(view.quick, view.fixed, now),
    before: view.isCompared ? rangeBefore(view.quick, view.fixed, now) : undefined,
    refreshMs: refreshMsOf(view.every),
    syncId: "charts",
    onZoom: view.zoomIn,
    onZoomOut: view.zoomOut,
    isForStaff: true,
  };
}

/** What all of a page looks at, and how often. */
export type SharedRange = ReturnType<typeof useSharedChart>;

/** What reads a whole range at once need not be fresher than this. */
const SLOWEST_MS = 30_000;
/** How often such a thing is read again; false = its range does not move, or the reader wants it to stand. */
export const paceOf = ({ range, refreshMs = false }: Pick<SharedRange, "range" | "refreshMs">): number | false =>
  range.to !== undefined || refreshMs === false ? false : Math.max(SLOWEST_MS, refreshMs);
