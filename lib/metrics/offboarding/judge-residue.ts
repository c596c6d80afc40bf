import type { OffboardingState } from "#lib/registry/browser/offboarding-schema.ts";

/** What the record says of one node, for good. */
export type ResidueEntry = {
  nodeId: string;
  nodeName: string;
  poolId: string;
  /** Its process when the weights were in it. */
  epoch: number;
  loraNames: string[];
  /** null = they may still be in its memory. */
  clearedAt: string | null;
  how: "restarted" | "measured" | "node_removed" | null;
  /** The rollout that restarts it. */
  rolloutId: string | null;
  /** Why its restart did not come about. */
  problem: string | null;
  message: string;
};

type Seen = {
  nodeId: string;
  nodeName: string;
  poolId: string;
  epoch: number;
  loraNames: readonly string[];
  tier: "gpu" | "cpu" | "absent" | "unknown";
  isPlaced: boolean;
  message: string;
};

/**
 * Which nodes are proven clear of a tenant's weights: they run another process now, their plugin sees none of them, or they
 * are gone from the catalog. What was cleared once stays so.
 * @param epochs of nodes that are in the catalog now
 */
export function judgeResidue(
  before: readonly ResidueEntry[],
  seen: readonly Seen[],
  epochs: ReadonlyMap<string, number>,
  now: Date,
): ResidueEntry[] {
  const known = before.map((entry) => judgeOne(entry, seen, epochs, now));
  const fresh = seen
    .filter(({ nodeId }) => !before.some((entry) => entry.nodeId === nodeId))
    .map(({ nodeId, nodeName, poolId, epoch, loraNames, message }): ResidueEntry => {
      const nothingYet = { clearedAt: null, how: null, rolloutId: null, problem: null };
      return { nodeId, nodeName, poolId, epoch, loraNames: [...loraNames], ...nothingYet, message };
    });
  return [...known, ...fresh.map((entry) => judgeOne(entry, seen, epochs, now))];
}

function judgeOne(
  entry: ResidueEntry,
  seen: readonly Seen[],
  epochs: ReadonlyMap<string, number>,
  now: Date,
): ResidueEntry {
  if (entry.clearedAt !== null) return entry;
  const cleared = (how: NonNullable<ResidueEntry["how"]>, message: string) => ({
    ...entry,
    how,
    message,
    clearedAt: now.toISOString(),
  });
  const epoch = epochs.get(entry.nodeId);
  if (epoch === undefined)
    return cleared("node_removed", "The node was removed from its pool and can no longer be checked.");
  const sight = seen.find(({ nodeId }) => nodeId === entry.nodeId);
  if (sight?.isPlaced) return { ...entry, message: "Not unloaded yet." };
  if (epoch > entry.epoch)
    return cleared("restarted", "It has restarted since: nothing of the weights is left in memory.");
  if (sight?.tier === "absent") return cleared("measured", sight.message);
  return sight ? { ...entry, message: sight.message } : entry;
}

/** How far clearing is, in a sentence; where nobody asked for restarts, what is left is said and left. */
export function residueOutcome(
  entries: readonly ResidueEntry[],
  input: { arePlacementsDone: boolean; restartNodes: boolean },
): { state: OffboardingState; message: string } {
  const left = entries.filter(({ clearedAt }) => clearedAt === null);
  if (!input.arePlacementsDone)
    return { state: "waiting", message: "Waits until every node has unloaded its versions." };
  if (left.length === 0)
    return {
      state: "done",
      message:
        entries.length === 0
          ? "No node's current process ever loaded its weights."
          : `Cleared on ${entries.length} node${entries.length === 1 ? "" : "s"}: ${entries.map(clearedWords).join(", ")}.`,
    };
  const where = left.map(({ nodeName, epoch }) => `${nodeName} (epoch ${epoch})`).join(", ");
  const problems = left.flatMap(({ problem }) => problem ?? []);
  if (input.restartNodes && left.some(({ problem }) => problem === null))
    return { state: "running", message: `Being restarted, one node at a time: ${where}.` };
  const why = problems.length > 0 ? ` ${[...new Set(problems)].join(" ")}` : "";
  return { state: "skipped", message: `Weights may stay in memory of ${where} until the next restart.${why}` };
}

const clearedWords = ({ nodeName, how }: ResidueEntry): string =>
  `${nodeName} ${how === "measured" ? "measured" : how === "restarted" ? "restarted" : "removed"}`;
