import { REACHES, type Reach } from "../browser/policy-schema.ts";

export const RELEASE_ACTIONS = ["stage", "run_gate", "start_cutover"] as const;
export type ReleaseAction = (typeof RELEASE_ACTIONS)[number];

/** What is known of a version that a release policy may bring further. */
export type ReleaseFacts = {
  reach: Reach;
  /** Such as "Version 3". */
  name: string;
  isReady: boolean;
  /** The newest of its adapter, newer than what is live, and added since the policy reaches that far. */
  isDue: boolean;
  /** A cutover to it was started before, by whomever and however it ended. */
  wasCutOver: boolean;
  /** A cutover of its adapter is under way. */
  isAdapterBusy: boolean;
  placed: "nowhere" | "loading" | "failed" | "routable";
  gate: {
    run: "none" | "open" | "cancelled" | "failed" | "completed";
    /** Runs that the policy has started. */
    runsStarted: number;
    outcome: "pass" | "fail" | "inconclusive" | null;
    isExpired: boolean;
  };
  /** Why gates, or cutovers, may not be started now; null = they may. */
  frozen: { gate: string | null; cutover: string | null };
  /** Why it is not the time to reach customers; null = it is. */
  outsideHours: string | null;
  /** What failed last, and when it may be tried again. */
  failed: { action: ReleaseAction; nextTryAt: Date } | null;
};

export type ReleaseDecision =
  | { kind: "act"; action: ReleaseAction; why: string }
  /** It goes on by itself: `who` is what it waits for. */
  | { kind: "wait"; who: "switchyard" | "time"; message: string }
  /** It goes on only once somebody has looked. */
  | { kind: "needs_you"; message: string }
  /** The policy has nothing to do with it, or nothing left. */
  | { kind: "nothing" };

/** Gates of one version that the policy starts: whoever tries often enough passes anything. */
export const GATE_RUNS_MAX = 3;

const NOTHING: ReleaseDecision = { kind: "nothing" };

/**
 * What a release policy does with a version now. It never goes beyond its reach, never starts a cutover without a pass that
 * stands, and never brings the same version to a second one: what was taken back is a person's to try again.
 */
export function decideRelease(facts: ReleaseFacts, now: Date): ReleaseDecision {
  const { name, isReady, isDue, wasCutOver, placed } = facts;
  if (!reaches(facts, "loaded") || !isReady || !isDue || wasCutOver) return NOTHING;
  switch (placed) {
    case "nowhere":
      return act(facts, now, "stage", `${name} passed its checks.`);
    case "failed":
      return { kind: "needs_you", message: `${name} could not be loaded everywhere.` };
    case "loading":
      return { kind: "wait", who: "switchyard", message: `${name} is being loaded.` };
    case "routable":
      return reaches(facts, "gate") ? decideGate(facts, now) : NOTHING;
  }
}

const reaches = ({ reach }: ReleaseFacts, step: Reach): boolean => REACHES.indexOf(reach) >= REACHES.indexOf(step);

function decideGate(facts: ReleaseFacts, now: Date): ReleaseDecision {
  const { name, gate } = facts;
  switch (gate.run) {
    case "open":
      return { kind: "wait", who: "switchyard", message: `The gate of ${name} is running.` };
    case "none":
      return runGate(facts, now, `${name} is loaded.`);
    case "cancelled":
      return { kind: "needs_you", message: `The gate of ${name} was cancelled.` };
    case "failed":
      return runGate(facts, now, `The gate of ${name} broke off.`);
    case "completed":
      return decideVerdict(facts, now);
  }
}

function decideVerdict(facts: ReleaseFacts, now: Date): ReleaseDecision {
  const { name, gate } = facts;
  switch (gate.outcome) {
    case null:
      return runGate(facts, now, `The gate of ${name} came to no verdict.`);
    case "fail":
      return { kind: "needs_you", message: `${name} failed its gate.` };
    case "inconclusive":
      return { kind: "needs_you", message: `The gate of ${name} is inconclusive.` };
    case "pass":
      if (gate.isExpired) return runGate(facts, now, `The pass of ${name} has expired.`);
      return reaches(facts, "canary") ? startCutover(facts, now) : NOTHING;
  }
}

function runGate(facts: ReleaseFacts, now: Date, why: string): ReleaseDecision {
  if (facts.gate.runsStarted >= GATE_RUNS_MAX)
    return {
      kind: "needs_you",
      message: `${why} Its gate was run ${GATE_RUNS_MAX} times, and is not run again automatically.`,
    };
  if (facts.frozen.gate !== null) return { kind: "wait", who: "time", message: facts.frozen.gate };
  return act(facts, now, "run_gate", why);
}

function startCutover(facts: ReleaseFacts, now: Date): ReleaseDecision {
  const { name, isAdapterBusy, frozen, outsideHours } = facts;
  if (isAdapterBusy)
    return { kind: "wait", who: "switchyard", message: `${name} waits until another cutover has ended.` };
  const hold = frozen.cutover ?? outsideHours;
  if (hold !== null) return { kind: "wait", who: "time", message: hold };
  return act(facts, now, "start_cutover", `${name} passed its gate.`);
}

/** What failed is tried again once its time has come, not before. */
function act(facts: ReleaseFacts, now: Date, action: ReleaseAction, why: string): ReleaseDecision {
  const { failed } = facts;
  return failed !== null && failed.action === action && now < failed.nextTryAt
    ? { kind: "wait", who: "time", message: `${why} It is tried again.` }
    : { kind: "act", action, why };
}

const FIRST_MS = 30_000;
const LONGEST_MS = 3_600_000;

/** How long to leave something that failed so many times in a row. */
export const backoffMs = (tries: number): number => Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(20, tries - 1));
