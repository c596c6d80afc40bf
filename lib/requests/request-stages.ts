import type { Measurement } from "#lib/http/schema.ts";
import { type Histogram, quantile } from "#lib/metrics/histogram.ts";
import { measurementsOf } from "#lib/metrics/measurement.ts";
import type { RequestStage, Stage } from "./browser/request-schema.ts";
import type { ExpectedTier } from "./trace/trace.ts";

/** The times of one request. */
export type StageTimes = {
  arrivedAt: Date;
  dispatchedAt: Date | null;
  firstByteAt: Date | null;
  endedAt: Date;
  /** `heldMs` is part of it. */
  queuedMs: number | null;
  heldMs: number | null;
  stream: boolean;
  expectedTier: ExpectedTier | null;
  simulated: boolean;
};
/** How long swaps took on the node in those seconds, by where the weights came from; null = nothing on the node tells. */
export type SwapTimes = { cpu: Histogram | null; disk: Histogram | null };

const LABELS: Record<RequestStage, string> = {
  gateway: "Gateway",
  queued: "Queued",
  held: "Held to group",
  weights: "Weights brought in",
  prefill: "Prefill",
  decode: "Decode",
  answer: "Prefill and decode",
};

type Part = { ms: number | null; source?: Measurement["source"]; note?: string };

/**
 * Splits a request into stages that add up to the whole. What the gateway did is measured; that weights had to be brought in
 * is what it expected, and for how long is taken from the node's own swaps of those seconds.
 */
export function requestStages(times: StageTimes, swaps: SwapTimes): Stage[] {
  const make = measurementsOf({ simulated: times.simulated, asOf: times.endedAt });
  const stage = (key: RequestStage, { ms, source, note }: Part): Stage => ({
    key,
    label: LABELS[key],
    time: make(ms, "ms", source),
    note: note ?? null,
  });
  const sent = times.dispatchedAt;
  const queuedMs = times.queuedMs ?? 0;
  const heldMs = Math.min(times.heldMs ?? 0, queuedMs);
  const beforeMs = (sent ?? times.endedAt).getTime() - times.arrivedAt.getTime();
  const ahead = [
    stage("gateway", { ms: Math.max(0, beforeMs - queuedMs), note: "Reading, deciding, and attempts that failed." }),
    stage("queued", { ms: times.queuedMs === null ? null : queuedMs - heldMs, ...unlessQueued(times) }),
    stage("held", { ms: times.heldMs === null ? null : heldMs, ...unlessQueued(times) }),
  ];
  if (sent === null) return ahead;
  const weights = weightsOf(times.expectedTier, swaps);
  return [
    ...ahead,
    ...(weights ? [stage("weights", weights)] : []),
    ...answerStages({ ...times, dispatchedAt: sent }, weights).map(([key, part]) => stage(key, part)),
  ];
}

const unlessQueued = ({ queuedMs }: StageTimes): { note?: string } =>
  queuedMs === null ? { note: "It never came to waiting for a place." } : {};

/** null = no adapter was asked for. */
function weightsOf(tier: ExpectedTier | null, swaps: SwapTimes): Part | null {
  switch (tier) {
    case null:
      return null;
    case "gpu":
      return { ms: 0, source: "derived", note: "The gateway expected them in a GPU slot." };
    case "cpu":
      return swapPart(swaps.cpu, "the CPU cache");
    case "disk":
      return swapPart(swaps.disk, "disk");
    case "unknown":
      return {
        ms: null,
        source: "inferred",
        note: "The tier of the weights is unknown; the next stage includes this time.",
      };
  }
}

function swapPart(histogram: Histogram | null, from: string): Part {
  const median = histogram && quantile(histogram, 0.5);
  if (median === null)
    return {
      ms: null,
      source: "inferred",
      note: `The gateway expected them to come from ${from}; the node does not measure how long that takes, so the next stage includes this time.`,
    };
  const ms = median.value * 1000;
  if (median.bound !== null)
    return {
      ms: null,
      source: "inferred",
      note: `The gateway expected them to come from ${from}; half of the node's swaps from there took ${median.bound === "at_most" ? "at most" : "more than"} ${ms} ms in those seconds, so the next stage includes this time.`,
    };
  return {
    ms,
    source: "inferred",
    note: `The gateway expected them to come from ${from}; half of the node's swaps from there took less in those seconds.`,
  };
}

function answerStages(
  { dispatchedAt, firstByteAt, endedAt, stream }: StageTimes & { dispatchedAt: Date },
  weights: Part | null,
): [RequestStage, Part][] {
  const until = (at: Date) => at.getTime() - dispatchedAt.getTime();
  // an estimate of one part cannot be longer than the whole, nor the rest be better known than it
  const source = weights?.ms ? ("inferred" as const) : ("measured" as const);
  const rest = (wholeMs: number) => Math.max(0, wholeMs - (weights?.ms ?? 0));
  if (!stream || firstByteAt === null)
    return [
      [
        "answer",
        { ms: rest(until(endedAt)), source, note: "The reply came in one piece, so the two cannot be separated." },
      ],
    ];
  return [
    ["prefill", { ms: rest(until(firstByteAt)), source, note: "To the first byte of the reply." }],
    ["decode", { ms: endedAt.getTime() - firstByteAt.getTime() }],
  ];
}
