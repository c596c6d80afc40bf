import { MAX_SERIES } from "../schema.ts";

/** What a line of a split chart stands for: a node, pool, tenant or adapter. */
export type Part = { key: string; label: string };

/** One line to draw: a part, or all that found no place of its own. */
export type RankedPart = Part & { keys: ReadonlySet<string> };

export const OTHER = "other";

/**
 * The ten parts with the largest figure over the whole range, largest first, and the rest as one. A part of which nothing
 * is known comes last; the order of equals is that of their keys, so that a chart asked again looks the same.
 * @param first keys of parts that come before all others, whatever their figure
 */
export function rankParts(
  parts: readonly (Part & { whole: number | null })[],
  first: readonly string[] = [],
): RankedPart[] {
  const isFirst = new Set(first);
  const placed = ({ key }: Part) => (isFirst.has(key) ? 0 : 1);
  const ranked = [...parts].sort(
    (a, b) =>
      placed(a) - placed(b) ||
      (b.whole ?? Number.NEGATIVE_INFINITY) - (a.whole ?? Number.NEGATIVE_INFINITY) ||
      (a.key < b.key ? -1 : 1),
  );
  const named = ranked.slice(0, MAX_SERIES).map(({ key, label }) => ({ key, label, keys: new Set([key]) }));
  const rest = ranked.slice(MAX_SERIES);
  if (rest.length === 0) return named;
  return [...named, { key: OTHER, label: `Other (${rest.length})`, keys: new Set(rest.map(({ key }) => key)) }];
}
