import { OUR_SHEDS } from "../shed-reasons.ts";
import type { RequestTrace } from "../trace/trace.ts";
import { BUCKETS, bucketOf, type Durations } from "./durations.ts";
import type { RequestOutcome, UsageRow } from "./usage.ts";

/** What is counted of one minute and key, while it is counted. Nothing in here waits or reads a clock. */
export type UsageCounts = Omit<UsageRow, "instanceId" | "at" | CountsByKey> & {
  minuteMs: number;
} & Record<CountsByKey, Map<string | number, number>>;
type CountsByKey = "fallbackReasons" | "failureReasons" | "latency" | "ttft" | "interToken" | "queued";

const SHED = 429;
const MINUTE_MS = 60_000;

/** Whether a request counts in this row, if it counts in its minute. */
export const countsIn = (counts: UsageCounts, { adapterId, versionId, nodeId, kind, via }: RequestTrace): boolean =>
  counts.versionId === (versionId ?? "") &&
  counts.nodeId === (nodeId ?? "") &&
  counts.adapterId === (adapterId ?? "") &&
  counts.via === (via ?? "") &&
  counts.kind === kind;

/** A row that counts nothing so far. */
export const newCounts = (trace: RequestTrace, tenantId: string, minuteMs: number): UsageCounts => ({
  minuteMs,
  tenantId,
  adapterId: trace.adapterId ?? "",
  versionId: trace.versionId ?? "",
  nodeId: trace.nodeId ?? "",
  kind: trace.kind,
  via: trace.via ?? "",
  requests: 0,
  answered: 0,
  failed: 0,
  refused: 0,
  shed: 0,
  turnedAway: 0,
  fallbacks: 0,
  uncounted: 0,
  promptTokens: 0,
  completionTokens: 0,
  busyMs: 0,
  fallbackReasons: new Map(),
  failureReasons: new Map(),
  latency: new Map(),
  ttft: new Map(),
  interToken: new Map(),
  queued: new Map(),
  simulated: false,
  lastAt: trace.endedAt,
  lastOutcome: "own",
});

/** Counts a request. @param interToken gaps between the chunks of its reply; null = it was no stream */
export function countRequest(counts: UsageCounts, trace: RequestTrace, interToken: Durations | null): void {
  const outcome = outcomeOf(trace);
  counts.requests += 1;
  counts.simulated ||= trace.simulated;
  if (trace.endedAt >= counts.lastAt) {
    counts.lastAt = trace.endedAt;
    counts.lastOutcome = outcome;
  }
  countOutcome(counts, trace, outcome);
  counts.promptTokens += trace.promptTokens ?? 0;
  counts.completionTokens += trace.completionTokens ?? 0;
  if (trace.dispatchedAt !== null)
    counts.busyMs += Math.min(trace.endedAt.getTime() - trace.dispatchedAt.getTime(), MINUTE_MS);
  if (trace.queuedMs !== null) raise(counts.queued, bucketOf(trace.queuedMs));
  if (interToken === null) return;
  for (let bucket = 0; bucket < BUCKETS; bucket += 1) {
    const gaps = interToken[bucket] ?? 0;
    if (gaps > 0) raise(counts.interToken, bucket, gaps);
  }
}

function countOutcome(counts: UsageCounts, trace: RequestTrace, outcome: RequestOutcome): void {
  switch (outcome) {
    case "failed":
      counts.failed += 1;
      raise(counts.failureReasons, trace.reason ?? `status_${trace.status}`);
      return;
    case "shed":
      counts.shed += 1;
      counts.turnedAway += 1;
      raise(counts.failureReasons, trace.reason ?? `status_${trace.status}`);
      return;
    case "refused":
      if (trace.status === SHED) counts.shed += 1;
      else counts.refused += 1;
      return;
    case "own":
    case "fallback":
      countAnswer(counts, trace);
  }
}

function countAnswer(counts: UsageCounts, trace: RequestTrace): void {
  const sinceArrival = (at: Date) => at.getTime() - trace.arrivedAt.getTime();
  counts.answered += 1;
  if (trace.promptTokens === null && trace.completionTokens === null) counts.uncounted += 1;
  raise(counts.latency, bucketOf(sinceArrival(trace.endedAt)));
  if (trace.stream && trace.firstByteAt) raise(counts.ttft, bucketOf(sinceArrival(trace.firstByteAt)));
  if (trace.fallbackReason === null) return;
  counts.fallbacks += 1;
  raise(counts.fallbackReasons, trace.fallbackReason);
}

/** What became of a request; a tenant over its own limits counts as refused. */
function outcomeOf({ status, reason, fallbackReason }: RequestTrace): RequestOutcome {
  if (status >= 500) return "failed";
  if (status === SHED && OUR_SHEDS.some((code) => code === reason)) return "shed";
  if (status >= 400) return "refused";
  return fallbackReason === null ? "own" : "fallback";
}

const raise = (counts: Map<string | number, number>, key: string | number, by = 1): void => {
  counts.set(key, (counts.get(key) ?? 0) + by);
};

/** The row as it is stored. */
export const usageRow = ({ minuteMs, ...counts }: UsageCounts, instanceId: string): UsageRow => ({
  ...counts,
  instanceId,
  at: new Date(minuteMs),
  fallbackReasons: Object.fromEntries(counts.fallbackReasons),
  failureReasons: Object.fromEntries(counts.failureReasons),
  latency: Object.fromEntries(counts.latency),
  ttft: Object.fromEntries(counts.ttft),
  interToken: Object.fromEntries(counts.interToken),
  queued: Object.fromEntries(counts.queued),
});
