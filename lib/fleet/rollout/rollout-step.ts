import type { VisibleLimits } from "#lib/vllm/engine-limits.ts";
import type { EngineLimits, RolloutPhase } from "../schema.ts";

/** What is known about the one node a rollout works on. */
export type RolloutFacts = {
  phase: RolloutPhase;
  deadline: Date | null;
  epochBefore: number | null;
  wasCordoned: boolean;
  routableBefore: readonly string[];
  target: EngineLimits;
  /** null = removed from the catalog meanwhile. */
  node: RolloutNodeFacts | null;
  /** Another node of the pool takes customers' requests now. */
  othersServe: boolean;
  /** The pool's only serving node: it was said that customers are on their fallback meanwhile. */
  isOnlyServing: boolean;
};
export type RolloutNodeFacts = {
  standalone: boolean;
  cordoned: boolean;
  isDraining: boolean;
  /** How its drain ended, in a sentence. */
  drainMessage: string | null;
  /** Reachable, engine alive, the pool's base model. */
  isServing: boolean;
  epoch: number;
  /** What the engine says about itself now; null = not asked or no answer. */
  limits: VisibleLimits | null;
  /** Tokens, from the base model's card. */
  maxModelLen: number | null;
  /** What is wanted there, each with how far it is. */
  placements: readonly PlacementFacts[];
};
export type PlacementFacts = {
  versionId: string;
  loraName: string;
  isRoutable: boolean;
  /** Failed for good, as far as anybody can tell: proven useless, refused for good, or refused again and again. */
  isFailed: boolean;
  message: string;
};

export type RolloutStep =
  | { kind: "wait"; message: string }
  /** Cordon it and let it finish what runs. */
  | { kind: "drain" }
  /** Have it restarted. */
  | { kind: "restart"; message: string }
  /** The new process is there: what it should hold comes back. */
  | { kind: "restore"; message: string }
  /** Everything is back: into service again, and on to the next node. */
  | { kind: "finish"; message: string }
  | { kind: "skip"; message: string }
  /** The rollout ends here; the node stays out of service. */
  | { kind: "fail"; message: string };

const wait = (message: string): RolloutStep => ({ kind: "wait", message });
const fail = (message: string): RolloutStep => ({ kind: "fail", message });

/** The next step of a rollout on the node in work. Told the same, it says the same, whoever asks. */
export function nextRolloutStep(facts: RolloutFacts, now: Date): RolloutStep {
  const { node } = facts;
  if (node === null) return { kind: "skip", message: "The node was removed." };
  switch (facts.phase) {
    case "pending":
      return begin(facts, node);
    case "draining":
      return whileDraining(node);
    case "restarting":
      return whileRestarting(facts, node, now);
    case "restoring":
      return whileRestoring(facts, node, now);
    case "done":
    case "failed":
    case "skipped":
      return wait("");
  }
}

/** The last node that serves is not taken away while another one could come back first. */
function begin(facts: RolloutFacts, node: RolloutNodeFacts): RolloutStep {
  const takesRequests = !node.standalone && !node.cordoned && node.isServing;
  if (takesRequests && !facts.othersServe && !facts.isOnlyServing)
    return wait("Waits: no other node of the pool takes requests right now.");
  return { kind: "drain" };
}

function whileDraining(node: RolloutNodeFacts): RolloutStep {
  if (!node.cordoned)
    return fail("The node was put back into service while it drained. Clarify why, then start the rollout again.");
  if (node.isDraining) return wait(node.drainMessage ?? "Finishing what runs on it.");
  return { kind: "restart", message: node.drainMessage ?? "Nothing is waited for any more." };
}

function whileRestarting(facts: RolloutFacts, node: RolloutNodeFacts, now: Date): RolloutStep {
  const hasRestarted = facts.epochBefore !== null && node.epoch > facts.epochBefore && node.isServing;
  if (!hasRestarted)
    return isOver(facts, now)
      ? fail(
          "No new engine answered in time. Look at the node's log, start it with the command below, then start the rollout again.",
        )
      : wait("");
  const wrong = wrongLimits(facts.target, node);
  if (wrong.length > 0) return fail(differs(wrong));
  return { kind: "restore", message: "A new engine answers; its adapters are being loaded." };
}

function whileRestoring(facts: RolloutFacts, node: RolloutNodeFacts, now: Date): RolloutStep {
  const broken = node.placements.find((one) => one.isFailed && facts.routableBefore.includes(one.versionId));
  if (broken)
    return fail(
      `${broken.loraName} worked here before the restart and fails now: ${broken.message} Undo the change on this node, or fix the adapter, then start the rollout again.`,
    );
  const missing = node.placements.filter((one) => !one.isRoutable && !one.isFailed);
  if (missing.length > 0 || !node.isServing)
    return isOver(facts, now)
      ? fail(
          `${missing.length} adapters were not loaded again in time. Check the node's events, then start the rollout again.`,
        )
      : wait(`${node.placements.length - missing.length} of ${node.placements.length} adapters are back.`);
  // some limits show only once an adapter has been used
  const wrong = wrongLimits(facts.target, node);
  if (wrong.length > 0) return fail(differs(wrong));
  const unseen = unseenLimits(node);
  const proof = unseen.length > 0 ? ` The engine does not show ${unseen.join(", ")}.` : "";
  return { kind: "finish", message: `Runs with the new limits.${proof}` };
}

const isOver = (facts: RolloutFacts, now: Date): boolean => facts.deadline !== null && now >= facts.deadline;

const FLAGS = {
  maxLoras: "max_loras",
  maxCpuLoras: "max_cpu_loras",
  maxLoraRank: "max_lora_rank",
  maxModelLen: "max_model_len",
  gpuMemoryUtilization: "gpu_memory_utilization",
} as const satisfies Record<keyof EngineLimits, string>;

const seen = (node: RolloutNodeFacts): Record<keyof EngineLimits, number | null> => ({
  maxLoras: node.limits?.maxLoras ?? null,
  maxCpuLoras: node.limits?.maxCpuLoras ?? null,
  maxLoraRank: node.limits?.maxLoraRank ?? null,
  maxModelLen: node.maxModelLen,
  gpuMemoryUtilization: node.limits?.gpuMemoryUtilization ?? null,
});

const LIMITS = Object.keys(FLAGS) as (keyof EngineLimits)[];

/** Limits that the engine shows and that are not the target's; what it does not show counts as neither. */
function wrongLimits(target: EngineLimits, node: RolloutNodeFacts): string[] {
  const values = seen(node);
  return LIMITS.filter((limit) => values[limit] !== null && values[limit] !== target[limit]).map(
    (limit) => `${FLAGS[limit]} is ${values[limit]} instead of ${target[limit]}`,
  );
}

const unseenLimits = (node: RolloutNodeFacts): string[] =>
  LIMITS.filter((limit) => seen(node)[limit] === null).map((limit) => FLAGS[limit]);

const differs = (wrong: readonly string[]): string =>
  `The new engine runs with other limits: ${wrong.join(", ")}. Restart it with the command below, then start the rollout again.`;
