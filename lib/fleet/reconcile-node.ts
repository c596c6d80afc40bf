import { type Deps, systemRead } from "#lib/identity/ctx.ts";
import { errorText } from "#lib/platform/errors.ts";
import type { Fence } from "#lib/platform/lease.ts";
import type { DigestCheck } from "#lib/registry/artifact-files.ts";
import { engineProfile } from "#lib/vllm/engine-profile.ts";
import type { NodeClient } from "#lib/vllm/node-client.ts";
import { carryOut } from "./carry-out.ts";
import type { Look } from "./look.ts";
import { lookAtNode } from "./look-at-node.ts";
import { clientFor } from "./node-access.ts";
import { fencedWrite } from "./node-run.ts";
import { type NodeState, pathOnNode } from "./node-state.ts";
import { type Observation, observeNode } from "./observe-node.ts";
import { type DesiredPlacement, planNode } from "./plan-node.ts";
import { createProber } from "./prober.ts";
import { readNodeState, saveObservation } from "./reconcile-store.ts";

/** A restart must be noticed within 5 s even while much is being loaded. */
const LOOK_AGAIN_MS = 2_500;
/** A node that is away is looked at every second, until the next regular look, so that it serves soon after it is back. */
const LOOK_WHILE_AWAY_MS = 1_000;
const LOOKS_WHILE_AWAY = 3;

export type NodeJob = {
  deps: Deps;
  fence: Fence;
  nodeId: string;
  random: () => number;
  signal: AbortSignal;
  /** Failed looks in a row, by node; kept between jobs. */
  missedLooks: Map<string, number>;
};

/**
 * Brings one node closer to what is wanted: look, write down what was seen, plan, act, and look again while there was
 * something to do. It reads everything anew each time and trusts nothing it did before.
 */
export async function reconcileNode(job: NodeJob): Promise<void> {
  const ahead = new Map<string, Promise<DigestCheck>>();
  for (let misses = 0; !job.signal.aborted; ) {
    const progress = await reconcileOnce(job, ahead);
    if (progress === "done") return;
    if (progress === "worked") continue;
    misses += 1;
    if (misses >= LOOKS_WHILE_AWAY) return;
    await job.deps.clock.sleep(LOOK_WHILE_AWAY_MS, job.signal).catch(() => {}); // only an abort ends it early
  }
}

/** @returns `worked` when there was something to do, `missed` when the node did not answer */
async function reconcileOnce(
  job: NodeJob,
  ahead: Map<string, Promise<DigestCheck>>,
): Promise<"worked" | "done" | "missed"> {
  const { deps, fence, nodeId, signal } = job;
  const before = await systemRead(deps, "reconcile", (ctx) => readNodeState(ctx.tx, nodeId));
  if (!before) return "done";
  const client = openClient(deps, before);
  const look: Look =
    "problem" in client
      ? { kind: "missed", fault: "unauthorized", message: client.problem }
      : await lookAtNode(client, before, signal);
  const now = deps.clock.now();
  const seen = observeNode(before, look, job.missedLooks.get(nodeId) ?? 0, now);
  job.missedLooks.set(nodeId, look.kind === "missed" ? (job.missedLooks.get(nodeId) ?? 0) + 1 : 0);
  await fencedWrite(deps, fence, (ctx) => saveObservation(ctx.tx, before, seen, now));
  if (seen.seen === null || "problem" in client) return "missed";
  const actions = planNode(desiredOf(before, seen), { ...seen.seen, probed: probedOf(seen) }, now);
  if (actions.length === 0) return "done";
  const node = withConditions(before, seen);
  const log = deps.log.child({ node: before.name });
  const prober = createProber(client, seen.seen.baseName ?? before.pool.baseModel, () => deps.clock.now(), log);
  const provesWhileLoading = engineProfile(seen.node.engineVersion).advisories.length === 0;
  const { random } = job;
  const run = { deps, fence, node, epoch: seen.node.epoch, client, prober, ahead, provesWhileLoading, random, signal };
  await carryOut(run, actions, new Date(now.getTime() + LOOK_AGAIN_MS));
  return "worked";
}

/** A key that cannot be opened (another SECRETS_KEY) is told on the node, as one that the node refuses. */
function openClient(deps: Deps, node: NodeState): NodeClient | { problem: string } {
  try {
    return clientFor(deps, node);
  } catch (error) {
    return { problem: `The node's API key cannot be read: ${errorText(error)} Remove the node and add it again.` };
  }
}

const probedOf = (seen: Observation) =>
  new Map(seen.registrations.map(({ loraName, state }) => [loraName, state] as const));

/** A restart forgives earlier failures: another process may accept what the last one refused. */
const desiredOf = (node: NodeState, seen: Observation): DesiredPlacement[] =>
  node.placements.map((placement) => ({
    placementId: placement.id,
    loraName: placement.loraName,
    path: pathOnNode(node.pool, placement),
    desire: placement.desire,
    isHeld: placement.holders.length > 0,
    isLoadable: placement.isLoadable,
    isLive: placement.holders.some((holder) => holder.startsWith("route:")),
    blockedUntil: seen.restarted ? null : placement.nextAttemptAt,
  }));

/** The steps that follow start from what the look made of the placements. */
function withConditions(node: NodeState, seen: Observation): NodeState {
  const changed = new Map(seen.changedConditions.map(({ placementId, condition }) => [placementId, condition]));
  return {
    ...node,
    placements: node.placements.map((placement) => ({
      ...placement,
      condition: changed.get(placement.id) ?? placement.condition,
      attempts: seen.restarted ? 0 : placement.attempts,
    })),
  };
}
