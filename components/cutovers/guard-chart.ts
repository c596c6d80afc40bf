import type { Guard, GuardSignal } from "#lib/cutover/browser/guard-schema.ts";
import type { ChartMetric } from "#lib/metrics/browser/chart-metrics.ts";
import type { Chart } from "#lib/metrics/schema.ts";

export const SIGNAL_WORDS: Record<GuardSignal["signal"], string> = {
  errors: "Failed requests",
  unparsed: "Unreadable tool calls",
  invalid: "Tool calls against their schema",
  first_token: "Late first tokens",
  whole: "Late replies",
};

/** The chart of the console that a signal belongs to. */
const METRICS: Record<GuardSignal["signal"], ChartMetric> = {
  errors: "errors",
  unparsed: "errors",
  invalid: "errors",
  first_token: "ttft",
  whole: "latency",
};

/**
 * How a signal came to where it stands: the share by which the new version is worse, and how much of it is certain. Better
 * is drawn as no worse: the axis begins at zero.
 */
export function guardChart({ step, stepSeconds, asOf }: Guard, signal: GuardSignal): Chart {
  const stepMs = stepSeconds * 1000;
  const from = Date.parse(step?.from ?? asOf);
  const to = from + Math.max(1, signal.points.length) * stepMs;
  const line = (key: string, label: string, read: (point: GuardSignal["points"][number]) => number | null) => ({
    key,
    label,
    points: signal.points.map((point): [string, number | null] => {
      const value = read(point);
      return [new Date(Date.parse(point.at) - stepMs).toISOString(), value === null ? null : Math.max(0, value)];
    }),
    counts: null,
    whole: null,
  });
  return {
    metric: METRICS[signal.signal],
    title: `${SIGNAL_WORDS[signal.signal]}, above the live version`,
    unit: "ratio",
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    stepSeconds,
    by: null,
    series: [
      line("difference", "Observed", ({ difference }) => difference),
      line("at-least", "Confirmed", ({ difference, atLeast }) => (difference === null ? null : (atLeast ?? 0))),
    ],
    source: "derived",
    simulated: signal.candidate.simulated,
    asOf: signal.points.length === 0 ? null : asOf,
    coverage: null,
    annotations: [],
    note: signal.points.length === 0 ? "The step has just started." : null,
    secondSource: null,
  };
}
