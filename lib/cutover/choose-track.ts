import type { CutoverPlan, CutoverTrack } from "./browser/plan-schema.ts";

export type TrackFacts = {
  /** What answers now: another version, the customer's own endpoint, or nothing. */
  live: "version" | "origin" | "nothing";
  /** Customers' requests of the last day, or since the first of them where that is shorter; per hour. */
  requestsPerHour: number;
};

/** Which steps a cutover takes; asked once, when its version is warm. */
export function chooseTrack(plan: CutoverPlan, facts: TrackFacts): CutoverTrack {
  return { ...chosen(plan, facts), requestsPerHour: facts.requestsPerHour };
}

function chosen(plan: CutoverPlan, { live, requestsPerHour }: TrackFacts): Pick<CutoverTrack, "kind" | "reason"> {
  if (live === "nothing")
    return {
      kind: "first",
      reason: "Nothing is live yet: there is nothing to compare with, and nothing to go back to.",
    };
  const [first] = plan.weights;
  if (first === undefined)
    return plan.shadow
      ? { kind: "shadow_only", reason: "Its plan has no canary: shadow, then full with a soak." }
      : { kind: "at_once", reason: "Its plan has neither shadow nor canary." };
  if ((requestsPerHour * first) / 100 >= plan.minRequests)
    return { kind: "stepwise", reason: `${rate(requestsPerHour)} are enough for a canary that begins at ${first} %.` };
  return {
    kind: "shadow_only",
    reason: `Too little traffic for a canary (${rate(requestsPerHour)}; ${first} % of them would take over an hour to reach ${plan.minRequests}): shadow of every request until ${plan.minRequests} samples, then full with a soak.`,
  };
}

const rate = (requestsPerHour: number): string => {
  const rounded = requestsPerHour >= 10 ? Math.round(requestsPerHour) : Math.round(requestsPerHour * 10) / 10;
  return `${rounded} ${rounded === 1 ? "request" : "requests"} an hour`;
};

const HOUR_MS = 3_600_000;
/** A burst of a moment says nothing of an hour. */
const SHORTEST_MS = 10 * 60_000;

/**
 * How many requests come an hour.
 * @param since the window's begin; where the first request came later, it begins there
 */
export function requestsPerHour(
  { requests, firstAt }: { requests: number; firstAt: Date | null },
  since: Date,
  now: Date,
) {
  const from = Math.max(since.getTime(), firstAt?.getTime() ?? 0);
  return (requests * HOUR_MS) / Math.max(SHORTEST_MS, now.getTime() - from);
}

/** Percent of the requests of which copies are made: twice as many as a step needs in its shortest time, all where few come. */
export function shadowShare({ minRequests, minMinutes }: CutoverPlan, { kind, requestsPerHour }: CutoverTrack): number {
  const within = (requestsPerHour / 60) * minMinutes;
  if (kind !== "stepwise" || within <= 0) return 100;
  return Math.min(100, Math.max(1, Math.ceil((200 * minRequests) / within)));
}
