"use client";

import { useRef } from "react";
import type { Sort } from "../ui/table-parts.tsx";
import { byValue, steadyOrder } from "./steady-order.ts";

/** Sortable columns and what they are sorted by; `name` is the order of those that are equal. */
export type SortKeys<Row> = Record<string, (row: Row) => number | null>;

const DEFAULT: Sort = { id: "rate", direction: "desc" };

/** "-rate" is the URL's word for the busiest first; an unknown column falls back to that. */
export const sortOf = <Row>(text: string, keys: SortKeys<Row>): Sort => {
  const id = text.replace(/^-/, "");
  return keys[id] ? { id, direction: text.startsWith("-") ? "desc" : "asc" } : DEFAULT;
};
export const sortText = ({ id, direction }: Sort): string => `${direction === "desc" ? "-" : ""}${id}`;

/** The rows in an order that only the reader changes: by `sort` when it was chosen, then each in its place. */
export function useSteadyRows<Row>(
  rows: readonly Row[] | undefined,
  keyOf: (row: Row) => string,
  keys: SortKeys<Row>,
  sort: Sort,
): Row[] | undefined {
  const shown = useRef<{ sort: string; keys: readonly string[] }>({ sort: "", keys: [] });
  if (rows === undefined) return undefined;
  const wanted = sortText(sort);
  const before = shown.current.sort === wanted ? shown.current.keys : [];
  const ordered = steadyOrder(before, rows, keyOf, byValue(keys[sort.id] ?? (() => null), sort.direction));
  shown.current = { sort: wanted, keys: ordered.map(keyOf) };
  return ordered;
}
