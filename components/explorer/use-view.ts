"use client";

import { parseAsIsoDateTime, parseAsString, parseAsStringLiteral, useQueryStates } from "nuqs";
import { useRef } from "react";
import { LOADS, type Scope } from "./metrics.ts";
import { DEFAULT_RANGE, type FixedRange, fixedOf, QUICK_KEYS, type QuickRange, zoomTo } from "./range.ts";

const VIEW = {
  range: parseAsStringLiteral(QUICK_KEYS).withDefault(DEFAULT_RANGE),
  from: parseAsIsoDateTime,
  to: parseAsIsoDateTime,
  pool: parseAsString.withDefault(""),
  node: parseAsString.withDefault(""),
  tenant: parseAsString.withDefault(""),
  load: parseAsStringLiteral(LOADS).withDefault("running"),
};

/** The explorer's whole state, in the URL: a copied link shows the same charts. */
export function useView() {
  const [view, set] = useQueryStates(VIEW, { history: "push" });
  const fixed = fixedOf(view.from, view.to);
  // what double-click goes back through; a link that was opened zoomed goes back to its quick range
  const before = useRef<(FixedRange | null)[]>([]);
  const setFixed = (range: FixedRange | null) => void set({ from: range?.from ?? null, to: range?.to ?? null });
  return {
    quick: view.range,
    fixed,
    scope: { pool: view.pool, node: view.node, tenant: view.tenant } satisfies Scope,
    load: view.load,
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
    setScope: (change: Partial<Scope>) => void set(withoutClash(change)),
    setLoad: (load: (typeof LOADS)[number]) => void set({ load }),
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
