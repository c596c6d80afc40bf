import type { Chart, ChartSeries } from "../schema.ts";

/**
 * Rates of kinds as their shares of the sum, step by step and over the whole range. A kind that was not seen in a step
 * adds nothing there; a step without anything to share is a gap, for nought of nought is not zero.
 */
export function asShares(chart: Chart): Chart {
  const shareOf = (values: readonly (number | null)[], value: number | null): number | null => {
    const sum = values.reduce<number>((total, each) => total + (each ?? 0), 0);
    return sum === 0 || value === null ? null : value / sum;
  };
  const at = (index: number) => chart.series.map(({ points }) => points[index]?.[1] ?? null);
  const wholes = chart.series.map(({ whole }) => whole);
  const series: ChartSeries[] = chart.series.map((each) => ({
    ...each,
    points: each.points.map(([start, value], index) => [start, shareOf(at(index), value)]),
    whole: shareOf(wholes, each.whole),
  }));
  return { ...chart, title: `${chart.title}, share`, unit: "ratio", series };
}
