import type { ChartSeries } from "#lib/metrics/schema.ts";
import type { TrafficKind } from "../schema.ts";
import { drawLines, type Grid, knownSteps, NO_REQUESTS, perMinute, type TraceBucket } from "./trace-chart.ts";

/** What is no customer's request, and what its line is called. */
export const OTHER_TRAFFIC = {
  eval: "Evaluation",
  shadow: "Shadow",
  probe: "Probe",
} as const satisfies Record<Exclude<TrafficKind, "user">, string>;
export type OtherKind = keyof typeof OTHER_TRAFFIC;

/** Requests of one kind that arrived in one step of a chart. */
export type OtherCount = { kind: OtherKind; start: Date; requests: number };

/**
 * One line for each kind that occurred in the range, in requests a minute, so that a gate is never read as customers'
 * demand. A step without a request counts zero; one before the first request on record is null.
 * @param knownSince the earliest trace kept; null = there is none
 */
export function drawOtherTraffic(counts: readonly OtherCount[], grid: Grid, knownSince: Date | null): ChartSeries[] {
  const steps = knownSteps(grid, knownSince);
  return Object.entries(OTHER_TRAFFIC).flatMap(([key, label]) => {
    const own = counts.filter(({ kind }) => kind === key);
    if (own.length === 0) return [];
    const bucket = (start: Date | null, requests: number): TraceBucket => ({
      ...NO_REQUESTS,
      key: "",
      start,
      requests,
    });
    const total = own.reduce((sum, { requests }) => sum + requests, 0);
    const buckets = [...own.map(({ start, requests }) => bucket(start, requests)), bucket(null, total)];
    return drawLines(({ requests }) => requests, [{ key, label, value: perMinute }], buckets, steps);
  });
}
