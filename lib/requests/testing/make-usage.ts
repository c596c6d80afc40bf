import { bucketMs, bucketOf } from "../usage/durations.ts";
import type { UsageRow } from "../usage/usage.ts";

/** One answered request of a minute, or whatever a test changes of it. */
export const makeUsage = (change: Partial<UsageRow> = {}): UsageRow => {
  const at = change.at ?? new Date("2026-11-25T12:00:00.000Z");
  return {
    ...{ instanceId: "gwy_a", at, tenantId: "ten_x", adapterId: "", versionId: "", nodeId: "" },
    ...{ kind: "user", via: "primary", requests: 1, answered: 1, failed: 0, refused: 0, shed: 0, turnedAway: 0 },
    ...{ fallbacks: 0, uncounted: 0, promptTokens: 0, completionTokens: 0, busyMs: 0 },
    ...{ fallbackReasons: {}, failureReasons: {}, latency: {}, ttft: {}, interToken: {}, queued: {} },
    ...{ simulated: false, lastAt: at, lastOutcome: "own" },
    ...change,
  };
};

/** What a quantile says of a duration: the middle of its bucket. */
export const asShown = (ms: number): number => bucketMs(bucketOf(ms));
