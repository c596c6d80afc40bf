import type { NodeRequest } from "./node-timeline.ts";

/** A request as its gateway saw it. Moments in ms. */
export type SentRequest = { id: string; loraName: string | null; dispatchedMs: number; endedMs: number };

/** From a gateway's dispatch to an engine's queue: HTTP, the tokeniser, two processes. 5 to 9 ms on a small CPU engine. */
const TRAVEL_MS = 8;
/** Answers of one engine step reach the gateway within this. */
const SAME_STEP_MS = 3;
/** Hardly any step of an engine is shorter, so who arrives comes in with the step that ends within this, if one does. */
const SHORTEST_STEP_MS = 12;

/**
 * When an engine took requests in and let them go. It does both between two steps only, and a gateway sees neither: what it
 * sends arrives later, and what ends in one step comes back as several moments. So answers that come close together ended at
 * once, and who was sent comes in with the first step that ends after it arrived. Compared with what a real engine did step
 * by step, a fourth of the miscounts are left that the gateway's own moments make.
 * @param requests with those that ended within 30 ms before the first moment that matters
 * @returns one for each, in the same order
 */
export function asEngineSaw(requests: readonly SentRequest[]): NodeRequest[] {
  const ends = Float64Array.from(requests, ({ endedMs }) => endedMs).sort();
  const nextEnd = (fromMs: number): number => ends[firstAtLeast(ends, fromMs)] ?? Number.POSITIVE_INFINITY;
  /** The moment at which the step ended that an answer came from. */
  const stepEndOf = (endedMs: number): number => nextEnd(endedMs - SAME_STEP_MS);
  return requests.map(({ id, loraName, dispatchedMs, endedMs }) => {
    const leftMs = Math.max(dispatchedMs, stepEndOf(endedMs));
    const queuedMs = dispatchedMs + TRAVEL_MS;
    const stepEndMs = stepEndOf(nextEnd(queuedMs));
    const joinsMs = stepEndMs <= queuedMs + SHORTEST_STEP_MS ? stepEndMs : queuedMs + SHORTEST_STEP_MS / 2;
    // what is answered sooner than that was answered by something faster than an engine, such as a simulated one
    const arrivedMs = joinsMs < leftMs ? Math.max(dispatchedMs, joinsMs) : dispatchedMs;
    return { id, loraName, arrivedMs, endedMs: leftMs };
  });
}

/** Of sorted numbers, the index of the first that is no smaller. */
function firstAtLeast(sorted: Float64Array, least: number): number {
  let [from, to] = [0, sorted.length];
  while (from < to) {
    const middle = (from + to) >>> 1;
    if ((sorted[middle] ?? least) < least) from = middle + 1;
    else to = middle;
  }
  return from;
}
