import type { VisibleLimits } from "#lib/vllm/engine-limits.ts";
import { conditionOf, isServing, NODE_CONDITIONS } from "../conditions.ts";
import { placementState } from "../placement-condition.ts";
import type { EngineLimits, NodeLimits } from "../schema.ts";
import type { PlacementFacts, RolloutFacts, RolloutNodeFacts } from "./rollout-step.ts";
import type { RolloutNodeRow, RolloutPoolNode, RolloutRow } from "./rollout-store.ts";

/** What a new engine says about itself. */
export type EngineSight = { limits: VisibleLimits; maxModelLen: number | null };

/** A failure is taken for one after so many attempts, or when the next one is that far away. */
const ATTEMPTS = 3;
const SOON_MS = 600_000;

/** Everything the decision needs, from what was read and seen. */
export function rolloutFacts(
  rollout: RolloutRow,
  inWork: RolloutNodeRow,
  nodes: readonly RolloutPoolNode[],
  sight: EngineSight | null,
  now: Date,
): RolloutFacts {
  const node = nodes.find(({ id }) => id === inWork.nodeId) ?? null;
  const serving = nodes.filter((one) => !one.standalone);
  return {
    ...inWork,
    target: rollout.target,
    node: node && nodeFacts(node, sight, now),
    othersServe: serving.some((one) => one.id !== inWork.nodeId && takesRequests(one)),
    isOnlyServing: serving.length === 1,
  };
}

/** One that is still restoring does not count: it may lack the very adapters that are asked for. */
const takesRequests = (node: RolloutPoolNode): boolean =>
  !node.cordoned &&
  isServing(node.conditions) &&
  conditionOf(node.conditions, NODE_CONDITIONS.restored)?.status !== "false";

function nodeFacts(node: RolloutPoolNode, sight: EngineSight | null, now: Date): RolloutNodeFacts {
  return {
    standalone: node.standalone,
    cordoned: node.cordoned,
    isDraining: node.drainDeadline !== null,
    drainMessage: conditionOf(node.conditions, NODE_CONDITIONS.drained)?.message ?? null,
    isServing: isServing(node.conditions),
    epoch: node.epoch,
    limits: sight?.limits ?? null,
    maxModelLen: sight?.maxModelLen ?? null,
    placements: node.placements.map((placement) => placementFacts(placement, now)),
  };
}

function placementFacts(placement: RolloutPoolNode["placements"][number], now: Date): PlacementFacts {
  const { versionId, loraName, condition, attempts, nextAttemptAt } = placement;
  const state = placementState("present", condition);
  const isLate = nextAttemptAt === null || nextAttemptAt.getTime() - now.getTime() > SOON_MS;
  return {
    versionId,
    loraName,
    isRoutable: state === "routable",
    isFailed: (state === "failed" || state === "node_drift") && (isLate || attempts >= ATTEMPTS),
    message: condition?.message ?? "",
  };
}

/** What the new engine showed; the rest is what it was started with, as far as anybody can tell. */
export function limitsAfter(target: EngineLimits, sight: EngineSight): NodeLimits {
  const limit = (shown: number | null, declared: number) =>
    shown === null
      ? ({ value: declared, source: "declared" } as const)
      : ({ value: shown, source: "measured" } as const);
  return {
    maxLoras: limit(sight.limits.maxLoras, target.maxLoras),
    maxCpuLoras: limit(sight.limits.maxCpuLoras, target.maxCpuLoras),
    maxLoraRank: limit(sight.limits.maxLoraRank, target.maxLoraRank),
    maxModelLen: limit(sight.maxModelLen, target.maxModelLen),
  };
}
