import type { Measurement } from "#lib/http/schema.ts";
import type { Chart } from "#lib/metrics/schema.ts";

/** One object of a ranking and its figures over the whole range, in the order of the charts they come from. */
export type RankRow = { id: string; name: string; values: readonly Measurement[] };

/** What a split chart calls things that are no objects. */
const NO_OBJECT: ReadonlySet<string> = new Set(["other", "none"]);

/** The worst objects by a split chart, the worst first; one of which it knows nothing is in no order. */
export const worstOf = ({ series }: Chart, limit: number): { id: string; name: string }[] =>
  series
    .filter(({ key, whole }) => !NO_OBJECT.has(key) && whole !== null)
    .sort((a, b) => (b.whole ?? 0) - (a.whole ?? 0) || (a.key < b.key ? -1 : 1))
    .slice(0, limit)
    .map(({ key, label }) => ({ id: key, name: label }));

/** @param charts split by the same part over the same range, each with a line for every one of the worst */
export const rankRows = (worst: readonly { id: string; name: string }[], charts: readonly Chart[]): RankRow[] =>
  worst.map((one) => ({ ...one, values: charts.map((chart) => measurementOf(chart, one.id)) }));

const measurementOf = ({ series, unit, source, simulated, asOf }: Chart, id: string): Measurement => {
  const line = series.find(({ key }) => key === id);
  return {
    value: line?.whole ?? null,
    ...(line?.wholeBound === undefined ? {} : { bound: line.wholeBound }),
    ...{ unit, source, simulated, asOf, coverage: null },
  };
};
