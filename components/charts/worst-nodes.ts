import type { ChartSeries } from "#lib/metrics/schema.ts";

const SHOWN = 3;
/** What the API calls the sum of the parts beyond its ten. */
const OTHER = "other";

type Worst = { key: string; label: string; whole: number };

/** The nodes of a split chart with the largest figure over its range; those that have none, or nothing, are left out. */
export const worstNodes = (series: readonly Pick<ChartSeries, "key" | "label" | "whole">[]): Worst[] =>
  series
    .flatMap(({ key, label, whole }) => (key === OTHER || whole === null || whole <= 0 ? [] : [{ key, label, whole }]))
    .sort((a, b) => b.whole - a.whole)
    .slice(0, SHOWN);
