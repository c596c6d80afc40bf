import type { Figure } from "#lib/http/schema.ts";
import type { Chart } from "#lib/telemetry/schema.ts";

/** One object of a ranking and its figures over the whole range, in the order of the charts they come from. */
export type RankRow = { id: string; name: string; figures: readonly Figure[] };

/** What a split chart calls things that are no objects. */
const NO_OBJECT: ReadonlySet<string> = new Set(["other", "none"]);

/**
 * The worst objects by several split charts: the first chart ranks, and those it knows nothing of come last by the next.
 * @param charts each split by the same part, over the same range
 */
export function rankRows(charts: readonly Chart[], limit: number): RankRow[] {
  const names = new Map<string, string>();
  for (const { series } of charts)
    for (const { key, label } of series) if (!NO_OBJECT.has(key) && !names.has(key)) names.set(key, label);
  const rows = [...names].map(([id, name]) => ({ id, name, figures: charts.map((chart) => figureOf(chart, id)) }));
  return rows.sort(byFigures).slice(0, limit);
}

const figureOf = ({ series, unit, source, simulated, asOf }: Chart, id: string): Figure => ({
  value: series.find(({ key }) => key === id)?.whole ?? null,
  ...{ unit, source, simulated, asOf, coverage: null },
});

function byFigures(a: RankRow, b: RankRow): number {
  for (const [index, { value }] of a.figures.entries()) {
    const difference = (b.figures[index]?.value ?? -1) - (value ?? -1);
    if (difference !== 0) return difference;
  }
  return a.id < b.id ? -1 : 1;
}
