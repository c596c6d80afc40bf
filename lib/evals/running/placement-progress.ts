import type { Placement } from "#lib/fleet/schema.ts";

/** How far a version is on the nodes that somebody waits for. */
export type PlacementProgress = {
  /** Names of nodes that would answer with it now. */
  routable: string[];
  /** On its way: "node-1: loading". */
  waiting: string[];
  /** Given up until somebody changes something: "node-1: its load probe found no effect". */
  failed: string[];
  /** Since when the last of these facts holds; null = there are none. */
  since: Date | null;
};

/** A retry that is further away than this needs a person first. */
const soonMs = 15 * 60_000;

/**
 * Sorts nodes by what a version's placement on each has come to.
 * @param nodes the nodes that count, such as those that serve customers
 * @param routableIds nodes that are proven to answer with it now (fleet's `routableNodes`)
 */
export function placementProgress(
  nodes: readonly { nodeId: string; nodeName: string }[],
  routableIds: ReadonlySet<string>,
  placements: readonly Placement[],
  now: Date,
): PlacementProgress {
  const progress: PlacementProgress = { routable: [], waiting: [], failed: [], since: null };
  for (const { nodeId, nodeName } of nodes) {
    const placement = placements.find((candidate) => candidate.nodeId === nodeId && candidate.desire === "present");
    if (placement) progress.since = laterOf(progress.since, new Date(placement.since));
    const said = `${nodeName}: ${placement?.message ?? "not asked to load it yet."}`;
    if (routableIds.has(nodeId)) progress.routable.push(nodeName);
    else if (placement && hasGivenUp(placement, now)) progress.failed.push(said);
    else progress.waiting.push(said);
  }
  return progress;
}

const laterOf = (a: Date | null, b: Date): Date => (a !== null && a > b ? a : b);

/** Failed, and nothing will be tried soon: a wrong file, a probe without effect, a node of another base model. */
function hasGivenUp(placement: Placement, now: Date): boolean {
  if (placement.state !== "failed" || placement.updating) return false;
  const { nextAttemptAt } = placement;
  return nextAttemptAt === null || new Date(nextAttemptAt).getTime() - now.getTime() > soonMs;
}
