import type { CutoverPlan, CutoverTrack } from "./browser/plan-schema.ts";
import type { CutoverPhase } from "./schema.ts";

/** Where a cutover may stand once its version is warm. */
export type Step =
  | { phase: "shadow" }
  | { phase: "canary"; index: number; weight: number }
  | { phase: "full" }
  | { phase: "soaking" }
  | { phase: "completed" };

export type WatchedPhase = "shadow" | "canary" | "soaking";
export const isWatched = (phase: CutoverPhase): phase is WatchedPhase =>
  phase === "shadow" || phase === "canary" || phase === "soaking";

/** The step after one; `warming` is before the first. */
export function stepAfter(
  { phase, index }: { phase: "warming" | WatchedPhase | "full"; index: number },
  plan: CutoverPlan,
  { kind }: CutoverTrack,
): Step {
  switch (phase) {
    case "warming":
      if (kind === "shadow_only" || (kind === "stepwise" && plan.shadow)) return { phase: "shadow" };
      return kind === "stepwise" ? canary(0, plan) : { phase: "full" };
    case "shadow":
      return kind === "stepwise" ? canary(0, plan) : { phase: "full" };
    case "canary":
      return canary(index + 1, plan);
    case "full":
      // after a first go-live there is nothing to go back to: a soak would watch in vain
      return plan.soakMinutes > 0 && kind !== "first" ? { phase: "soaking" } : { phase: "completed" };
    case "soaking":
      return { phase: "completed" };
  }
}

function canary(index: number, { weights }: CutoverPlan): Step {
  const weight = weights[index];
  return weight === undefined ? { phase: "full" } : { phase: "canary", index, weight };
}

export type StepFacts = {
  phase: WatchedPhase;
  plan: CutoverPlan;
  stepAt: Date;
  /** What keeps it where it is; a freeze says itself which, and until when. */
  hold: "paused" | "approval" | { frozen: string } | null;
  /** Requests of the new version since the step began; null = no gateway says what happens. */
  samples: number | null;
  /** Why it must not get further requests; null = nothing speaks against it. */
  breach: string | null;
  /** Why it cannot answer at present, which may pass; null = it can. */
  away: string | null;
};

export type StepDecision =
  | { kind: "wait"; message: string }
  | { kind: "next"; reason: string }
  | { kind: "back"; reason: string };

const MINUTE_MS = 60_000;

/**
 * What a step does now. A breach goes back whatever holds the cutover; nothing goes on without samples, whatever the time,
 * save that a soak ends with its time: everybody has the version already.
 */
export function decideStep(facts: StepFacts, now: Date): StepDecision {
  const { phase, plan, stepAt, hold, samples, breach, away } = facts;
  if (breach !== null) return { kind: "back", reason: breach };
  const passedMs = now.getTime() - stepAt.getTime();
  const wait = (message: string): StepDecision => ({ kind: "wait", message });
  if (hold !== null) return wait(`${typeof hold === "string" ? HOLDS[hold] : hold.frozen} The guard keeps running.`);
  if (away !== null) return wait(`${away} It continues once that has passed.`);
  if (samples === null) return wait("No gateway reports on requests, so the step waits.");
  if (passedMs < 0) return wait("The clock is earlier than the start of this step. The step waits until then.");
  const leftMs = (phase === "soaking" ? plan.soakMinutes : plan.minMinutes) * MINUTE_MS - passedMs;
  const isDue = leftMs <= 0;
  if (phase === "soaking")
    return isDue
      ? { kind: "next", reason: `Soaked for ${span(plan.soakMinutes)}; ${requests(samples)} and no breach.` }
      : wait(`Soaks for another ${span(leftMs / MINUTE_MS)}. ${sentence(requests(samples))} so far, and no breach.`);
  if (samples >= plan.minRequests && isDue)
    return { kind: "next", reason: `${sentence(requests(samples))} in ${span(passedMs / MINUTE_MS)}, and no breach.` };
  const asked = phase === "shadow" ? "copies" : "requests";
  const missing = [
    ...(samples < plan.minRequests ? [`${plan.minRequests - samples} more`] : []),
    ...(isDue ? [] : [`another ${span(leftMs / MINUTE_MS)}`]),
  ].join(" and ");
  const late =
    passedMs > plan.maxMinutes * MINUTE_MS
      ? ` It has exceeded its maximum of ${span(plan.maxMinutes)}: an admin may continue without samples, or abort.`
      : "";
  const seen = samples < plan.minRequests ? `${samples} of ${plan.minRequests}` : samples;
  return wait(`${seen} ${asked}, no breach. Waits for ${missing}.${late}`);
}

const HOLDS = {
  paused: "Paused until it is resumed.",
  approval: "Waits for approval.",
} as const;

const sentence = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);
const requests = (count: number): string => (count === 1 ? "1 request" : `${count} requests`);

function span(minutes: number): string {
  if (minutes < 1) return `${Math.max(1, Math.round(minutes * 60))} s`;
  if (minutes < 120) return `${Math.round(minutes)} min`;
  return `${Math.round(minutes / 6) / 10} h`;
}
