import type { ChartMetric } from "#lib/metrics/browser/chart-metrics.ts";
import { OTHER, type RankedPart, rankParts } from "#lib/metrics/charts/rank-parts.ts";
import type { ChartQuantile, ChartSeries, ChartUnit } from "#lib/metrics/schema.ts";
import { countOf, QUANTILE_ERROR, quantileOf } from "../usage/durations.ts";
import type { UsageHistogram, UsageSum } from "../usage/usage-sums-store.ts";
import { type Drawable, drawable, without } from "./drawable.ts";
import { addUp, type RequestCell } from "./request-cells.ts";

const MINUTE = 60;
const QUANTILES = { p50: 0.5, p95: 0.95, p99: 0.99 } as const satisfies Record<ChartQuantile, number>;

type Line = { key: string; label: string; value: (cell: RequestCell, seconds: number) => number | null };
type CountOf = (cell: RequestCell) => number;
export type RequestChartDef = {
  unit: ChartUnit;
  /** Durations that its lines are made of; null = counts are enough. */
  histogram: UsageHistogram | null;
  lines: readonly Line[];
  /** Requests that a value rests on. */
  counted: CountOf;
  note: string;
};

export const perMinute = (cell: RequestCell, seconds: number): number => (cell.requests / seconds) * MINUTE;
const share = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);
const timed: CountOf = ({ durations }) => (durations === null ? 0 : countOf(durations));
const quantiles = (histogram: UsageHistogram, counted: CountOf, note: string): RequestChartDef => ({
  unit: "ms",
  histogram,
  lines: Object.entries(QUANTILES).map(([key, q]) => ({
    key,
    label: key,
    value: ({ durations }) => durations && quantileOf(durations, q),
  })),
  counted,
  note: `${note} ${MINUTES} ${QUANTILE_ERROR}`,
});
const MINUTES = "A request counts in the minute in which it ended.";

/** Charts made of what gateways counted, the only ones that know tenants. */
export const REQUEST_CHARTS = {
  latency: quantiles("latency", timed, "Answered requests, from arrival at the gateway to the last byte."),
  ttft: quantiles("ttft", timed, "Streamed replies, from arrival at the gateway to the first byte."),
  "inter-token": quantiles("interToken", ({ answered }) => answered, "Gaps between the chunks of streamed replies."),
  "gateway-queue": quantiles(
    "queued",
    timed,
    "From arrival until a node had a place for the request. Requests that were refused before do not count.",
  ),
  requests: {
    unit: "requests/min",
    histogram: null,
    lines: [{ key: "requests", label: "Customers", value: perMinute }],
    counted: ({ requests }) => requests,
    note: `Customers' requests at the gateway. Evaluation, shadow and probe requests are not among them. ${MINUTES}`,
  },
  throughput: {
    unit: "tok/s",
    histogram: null,
    lines: [
      { key: "generation", label: "Generated", value: (cell, seconds) => cell.completionTokens / seconds },
      { key: "prompt", label: "Prompt", value: (cell, seconds) => cell.promptTokens / seconds },
    ],
    counted: ({ answered }) => answered,
    note: `Tokens as the answers report them; a reply that reports none adds none. ${MINUTES}`,
  },
  errors: {
    unit: "ratio",
    histogram: null,
    lines: [{ key: "errors", label: "Failed", value: (cell) => share(cell.failed, cell.requests) }],
    counted: ({ requests }) => requests,
    note: `Share of customers' requests answered with a status of 500 or more. ${MINUTES}`,
  },
  "fallback-share": {
    unit: "ratio",
    histogram: null,
    lines: [{ key: "fallback", label: "Fallback", value: (cell) => share(cell.fallbacks, cell.answered) }],
    counted: ({ answered }) => answered,
    note: `Share of answered requests that something other than the live version answered. ${MINUTES}`,
  },
} as const satisfies Partial<Record<ChartMetric, RequestChartDef>>;

export type Grid = { stepSeconds: number; starts: readonly Date[]; to: Date };

/**
 * The lines of a chart. A step without a request counts zero requests; a share or a quantile of none is null, and so is every
 * step before the first request that is on record.
 * @param knownSince the earliest step kept; null = there is none
 */
export const buildRequestChart = (
  { counted, lines, histogram }: RequestChartDef,
  sums: readonly UsageSum[],
  grid: Grid,
  knownSince: Date | null,
): ChartSeries[] => drawLines({ counted, lines }, drawable(sums, histogram), knownSteps(grid, knownSince));

/** What a split draws, in words: "p95", "Generated". */
export const lineOfSplit = (def: RequestChartDef, quantile: ChartQuantile): Line => {
  const main = def.lines.find(({ key }) => key === quantile) ?? def.lines[0];
  if (main === undefined) throw new Error("a chart without lines");
  return main;
};

/** The ten parts with the largest figure over the range, by everything that was counted of each. */
export const rankSums = (
  { histogram }: RequestChartDef,
  line: Line,
  parts: ReadonlyMap<string, readonly UsageSum[]>,
  labels: ReadonlyMap<string, string>,
  first: readonly string[],
): RankedPart[] =>
  rankParts(
    [...parts].map(([key, sums]) => ({
      key,
      label: labels.get(key) ?? key,
      whole: line.value(addUp(sums, histogram), 1),
    })),
    first,
  );

/** Sums of a split chart. */
export type SplitSums = {
  /** Of each part, over the range as a whole. */
  parts: ReadonlyMap<string, readonly UsageSum[]>;
  /** By step, of each part that has a line of its own. */
  named: ReadonlyMap<string, readonly UsageSum[]>;
  /** By step, of all parts together; needed only where some have no line of their own. */
  all: readonly UsageSum[];
};

/** One line for each part with a name, and one for what the others had together: everything without the named ones. */
export function buildRequestSplit(
  { counted, histogram }: RequestChartDef,
  line: Line,
  ranked: readonly RankedPart[],
  { parts, named, all }: SplitSums,
  grid: Grid,
  knownSince: Date | null,
): ChartSeries[] {
  const steps = knownSteps(grid, knownSince);
  return ranked.flatMap(({ key, label, keys }) => {
    const whole = addUp(
      [...keys].flatMap((each) => parts.get(each) ?? []),
      histogram,
    );
    const drawn =
      key === OTHER
        ? without(drawable(all, histogram), drawable([...named.values()].flat(), histogram))
        : drawable(named.get(key) ?? [], histogram);
    return drawLines({ counted, lines: [{ ...line, key, label }] }, { ...drawn, whole }, steps);
  });
}

type KnownStep = { start: Date; time: string; seconds: number; isKnown: boolean };

export function knownSteps({ starts, stepSeconds, to }: Grid, knownSince: Date | null): KnownStep[] {
  return starts.map((start) => {
    const end = start.getTime() + stepSeconds * 1000;
    const seconds = (Math.min(end, to.getTime()) - start.getTime()) / 1000;
    const isKnown = knownSince !== null && end > knownSince.getTime() && seconds > 0;
    return { start, time: start.toISOString(), seconds, isKnown };
  });
}

export function drawLines(
  { counted, lines }: Pick<RequestChartDef, "counted" | "lines">,
  { cellAt, whole }: Drawable,
  known: readonly KnownStep[],
): ChartSeries[] {
  const steps = known.map(({ start, time, seconds, isKnown }) => ({
    time,
    seconds,
    cell: isKnown ? cellAt(start) : null,
  }));
  const knownSeconds = steps.reduce((sum, { cell, seconds }) => sum + (cell === null ? 0 : seconds), 0);
  return lines.map(({ key, label, value }) => ({
    key,
    label,
    points: steps.map(({ time, seconds, cell }) => [time, cell && value(cell, seconds)]),
    counts: steps.map(({ cell }) => cell && counted(cell)),
    whole: knownSeconds === 0 ? null : value(whole, knownSeconds),
  }));
}
