import type { PlacementProgress } from "#lib/evals/running/placement-progress.ts";

export type WarmingFacts = {
  /** Such as "Version 3". */
  name: string;
  /** Why the gate no longer lets it through, in a sentence; null = it does, or was set aside. */
  refusal: string | null;
  /** Whether the version may be loaded at all; otherwise the word for why not. */
  state: string;
  /** On the nodes that serve customers now. */
  progress: PlacementProgress;
  warmingSince: Date;
};

export type WarmingDecision =
  | { kind: "advance" }
  | { kind: "wait"; message: string }
  /** The old version keeps serving; `message` says why the new one does not. */
  | { kind: "abort"; message: string };

/** Longest time without any progress. */
export const stallLimitMs = 30 * 60_000;

/** The guard before the live pointer moves: the new version must answer on *every* node that serves customers. */
export function decideWarming(facts: WarmingFacts, now: Date): WarmingDecision {
  const { name, refusal, state, progress, warmingSince } = facts;
  const { routable, waiting, failed, since } = progress;
  const kept = "Nothing was switched.";
  if (refusal !== null) return { kind: "abort", message: `${refusal} ${kept}` };
  if (state !== "ready") return { kind: "abort", message: `${name} is ${state} by now. ${kept}` };
  if (failed.length > 0)
    return { kind: "abort", message: `${name} could not be loaded everywhere. ${failed.join(" ")} ${kept}` };
  if (waiting.length === 0 && routable.length > 0) return { kind: "advance" };
  const where = waiting.join(" ") || "No node serves customers right now.";
  const stalledMs = now.getTime() - Math.max(warmingSince.getTime(), since?.getTime() ?? 0);
  if (stalledMs >= stallLimitMs)
    return { kind: "abort", message: `${name} made no progress for 30 minutes. ${where} ${kept}` };
  return {
    kind: "wait",
    message: `Routable on ${routable.length} of ${routable.length + waiting.length} nodes. ${where}`,
  };
}
