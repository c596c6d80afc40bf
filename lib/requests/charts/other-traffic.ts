import type { ChartSeries } from "#lib/metrics/schema.ts";
import type { TrafficKind } from "../schema.ts";
import type { UsageSum } from "../usage/usage-sums-store.ts";
import { drawable } from "./drawable.ts";
import { drawLines, type Grid, knownSteps, perMinute } from "./request-chart.ts";

/** What is no customer's request, and what its line is called. */
export const OTHER_TRAFFIC = {
  eval: "Evaluation",
  shadow: "Shadow",
  probe: "Probe",
} as const satisfies Record<Exclude<TrafficKind, "user">, string>;
export const OTHER_KINDS = ["eval", "shadow", "probe"] as const satisfies (keyof typeof OTHER_TRAFFIC)[];

/**
 * One line for each kind that occurred in the range, in requests a minute, so that a gate is never read as customers'
 * demand. A step without a request counts zero; one before the first request on record is null.
 * @param sums by kind
 * @param knownSince the earliest step kept; null = there is none
 */
export function drawOtherTraffic(sums: readonly UsageSum[], grid: Grid, knownSince: Date | null): ChartSeries[] {
  const steps = knownSteps(grid, knownSince);
  return OTHER_KINDS.flatMap((key) => {
    const own = sums.filter(({ keys }) => keys[0] === key);
    const lines = [{ key, label: OTHER_TRAFFIC[key], value: perMinute }];
    return own.length === 0
      ? []
      : drawLines({ counted: ({ requests }) => requests, lines }, drawable(own, null), steps);
  });
}
