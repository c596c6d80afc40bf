import { countOf, type Durations, quantileOf } from "#lib/requests/usage/durations.ts";
import { type ObjectiveKind, PROPOSAL_DAYS, PROPOSAL_REQUESTS, TARGET_MS } from "../browser/objective-kinds.ts";
import { LEAST_REQUESTS } from "./judge-burn.ts";

/** A tenant's first days of traffic, as the gateways counted them. */
export type FirstDays = {
  /** Its first request; null = there was none. */
  from: Date | null;
  answered: number;
  failed: number;
  fellBack: number;
  latencyMs: Durations;
  ttftMs: Durations;
};

export type Proposal = { kind: ObjectiveKind; target: number; requests: number; observed: number };
/** waiting = nothing is proposed so far, and why. */
export type Proposals =
  | { kind: "proposed"; from: Date; to: Date; proposals: Proposal[] }
  | { kind: "waiting"; reason: string };

const DAY_MS = 86_400_000;
/** What was slow once in a while in the first days may be so later, too. */
const HEADROOM = 1.25;
/** Targets that people say: 1.2 s rather than 1,187 ms. */
const ROUND = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10];
/** Largest shares of bad requests, the strictest first. */
const BUDGETS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05];

/**
 * What may be promised, from the first seven days: a p95 with a quarter of headroom, and the strictest share of which the
 * first days used at most half. Times a promise cannot be made of are left out.
 */
export function proposeObjectives(first: FirstDays, now: Date): Proposals {
  const { from, answered, failed, fellBack, latencyMs, ttftMs } = first;
  if (from === null) return { kind: "waiting", reason: "It has sent no request yet." };
  const to = new Date(from.getTime() + PROPOSAL_DAYS * DAY_MS);
  const requests = answered + failed;
  if (now < to) {
    const day = Math.floor((now.getTime() - from.getTime()) / DAY_MS) + 1;
    return { kind: "waiting", reason: `Day ${day} of its first ${PROPOSAL_DAYS}; ${counted(requests)} so far.` };
  }
  if (requests < PROPOSAL_REQUESTS)
    return {
      kind: "waiting",
      reason: `${counted(requests)} in its first ${PROPOSAL_DAYS} days; a proposal needs ${PROPOSAL_REQUESTS}.`,
    };
  const proposals = [
    latency("latency_p95", latencyMs),
    latency("ttft_p95", ttftMs),
    budget("availability", failed, requests),
    budget("fallback_share", fellBack, answered),
  ];
  return { kind: "proposed", from, to, proposals: proposals.flatMap((one) => one ?? []) };
}

function latency(kind: "latency_p95" | "ttft_p95", durations: Durations): Proposal | null {
  const requests = countOf(durations);
  const observed = quantileOf(durations, 0.95);
  if (requests < PROPOSAL_REQUESTS || observed === null) return null;
  return { kind, target: Math.min(roundUp(observed * HEADROOM), TARGET_MS.max), requests, observed };
}

function budget(kind: "availability" | "fallback_share", bad: number, requests: number): Proposal | null {
  if (requests < PROPOSAL_REQUESTS) return null;
  const share = bad / requests;
  const most = BUDGETS.find((one) => share <= one / 2 && one * requests >= LEAST_REQUESTS);
  if (most === undefined) return null;
  return kind === "availability"
    ? { kind, target: Number((1 - most).toFixed(3)), requests, observed: 1 - share }
    : { kind, target: most, requests, observed: share };
}

/** The next number that people say, in whole ms. */
export function roundUp(ms: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, ms)));
  const step = ROUND.find((one) => one * power >= ms - 1e-9) ?? 10;
  return Math.ceil(step * power - 1e-9);
}

const counted = (requests: number): string => `${requests} ${requests === 1 ? "request" : "requests"}`;
