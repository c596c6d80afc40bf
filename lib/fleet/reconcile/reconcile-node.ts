import { type Deps, systemRead } from "#lib/identity/ctx.ts";
import { errorText } from "#lib/platform/errors.ts";
import type { Fence } from "#lib/platform/lease.ts";
import type { NodeClient } from "#lib/vllm/node-client.ts";
import { cpuPlacesOf } from "../engine-limits.ts";
import { withLastSeen } from "../last-seen.ts";
import { clientFor } from "../node-access.ts";
import { isProven, mixesBase, type NodeState, pathOnNode } from "../node-state.ts";
import { carryOut } from "./carry-out.ts";
import { mayBeRead } from "./may-be-read.ts";
import { fencedWrite, removalKey, type VerifiedBytes } from "./node-run.ts";
import { isWorthWriting, type Observation, observeNode } from "./observe-node.ts";
import { type DesiredPlacement, type NodeAction, type NodePolicy, planNode } from "./plan-node.ts";
import type { Poll } from "./poll.ts";
import { pollNode } from "./poll-node.ts";
import { createProber } from "./prober.ts";
import { demandOf, readNodeState, saveObservation } from "./reconcile-store.ts";
import { createWriteBehind } from "./write-behind.ts";

/** A restart must be noticed within 5 s even while much is being loaded, and a new wish must not wait much longer. */
const POLL_AGAIN_MS = 3_500;
/** A node that is away is polled every second, until the next regular poll, so that it serves soon after it is back. */
const POLL_WHILE_AWAY_MS = 1_000;
const POLLS_WHILE_AWAY = 3;

export type NodeJob = {
  deps: Deps;
  fence: Fence;
  nodeId: string;
  random: () => number;
  signal: AbortSignal;
  /** Failed polls in a row, by node; kept between jobs. */
  missedPolls: Map<string, number>;
  /** Unmanaged adapters whose unload was refused, by node and name, until when they are left alone; kept between jobs. */
  refusedRemovals?: Map<string, Date>;
  /** When each node was last seen; kept between jobs and left on the loop's lease. */
  lastSeen?: Map<string, Date>;
};
/** What passes of one job share. */
type Pass = NodeJob & { refusedRemovals: Map<string, Date>; ahead: Map<string, Promise<VerifiedBytes>> };

/**
 * Brings one node closer to what is wanted: poll, write down what was seen, plan, act, and poll again while there was
 * something to do. It reads everything anew each time and trusts nothing it did before.
 */
export async function reconcileNode(job: NodeJob): Promise<void> {
  const pass: Pass = { refusedRemovals: new Map(), ...job, ahead: new Map() };
  for (let misses = 0; !job.signal.aborted; ) {
    const progress = await reconcileOnce(pass);
    if (progress === "done") return;
    if (progress === "worked") continue;
    misses += 1;
    if (misses >= POLLS_WHILE_AWAY) return;
    await job.deps.clock.sleep(POLL_WHILE_AWAY_MS, job.signal).catch(() => {}); // only an abort ends it early
  }
}

/** @returns `worked` when there was something to do, `missed` when the node did not answer */
async function reconcileOnce(job: Pass): Promise<"worked" | "done" | "missed"> {
  const { deps, fence, nodeId, signal } = job;
  const stored = await systemRead(deps, "reconcile", (ctx) => readNodeState(ctx.tx, nodeId));
  if (!stored) return "done";
  const before = withLastSeen(stored, job.lastSeen ?? new Map());
  const client = openClient(deps, before);
  const poll: Poll =
    "problem" in client
      ? { kind: "missed", fault: "unauthorized", message: client.problem }
      : await pollNode(client, before, signal);
  const now = deps.clock.now();
  const seen = observeNode(before, poll, job.missedPolls.get(nodeId) ?? 0, now);
  job.missedPolls.set(nodeId, poll.kind === "missed" ? (job.missedPolls.get(nodeId) ?? 0) + 1 : 0);
  if (poll.kind === "seen") job.lastSeen?.set(nodeId, now);
  const actions = seen.seen === null ? [] : await planActions(job, before, seen, now);
  // before anything is done on the node, the term is proven, even when there is nothing to be written
  if (actions.length > 0 || isWorthWriting(before, seen))
    await fencedWrite(deps, fence, (ctx) => saveObservation(ctx.tx, before, seen, now));
  if (seen.seen === null || "problem" in client) return "missed";
  if (actions.length === 0) return "done";
  const node = withConditions(before, seen);
  const log = deps.log.child({ node: before.name });
  const mixesBaseRows = mixesBase({ ...before, ...seen.node });
  const baseName = seen.seen.baseName ?? before.pool.baseModel;
  const prober = createProber({ client, baseName, mixesBaseRows, now: () => deps.clock.now(), log });
  const { random, refusedRemovals, ahead } = job;
  const hasProven = seen.registrations.some(({ state }) => state === "routable");
  const known = { node, epoch: seen.node.epoch, hasProven, mixesBaseRows, refusedRemovals };
  const writes = createWriteBehind();
  const run = { deps, fence, ...known, client, prober, writes, ahead, stamps: new Map(), random, signal };
  await carryOut(run, actions, new Date(now.getTime() + POLL_AGAIN_MS));
  return "worked";
}

async function planActions(job: Pass, node: NodeState, seen: Observation, now: Date): Promise<NodeAction[]> {
  if (seen.seen === null) return [];
  const { listed } = seen.seen;
  const missing = node.placements.filter(({ desire, loraName }) => desire === "present" && !listed.has(loraName));
  // who comes first matters only where several wait
  const demand =
    missing.length < 2
      ? new Map<string, number>()
      : await systemRead(job.deps, "reconcile", (ctx) =>
          demandOf(
            ctx.tx,
            missing.map(({ adapterId }) => adapterId),
          ),
        );
  const observed = { ...seen.seen, probed: probedOf(seen), unproven: unprovenOf(node, seen) };
  const actions = planNode(desiredOf(node, seen, demand, now), observed, policyOf(node), now);
  return actions.filter((action) => {
    if (action.kind !== "remove") return true;
    const until = job.refusedRemovals.get(removalKey(node.id, action.loraName));
    return until === undefined || until <= now;
  });
}

const policyOf = ({ pool, limits }: NodeState): NodePolicy => ({
  driftPolicy: pool.driftPolicy,
  maxCpuLoras: cpuPlacesOf(limits, pool),
});

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

function unprovenOf(node: NodeState, seen: Observation): ReadonlySet<string> {
  const registrations = new Map(seen.registrations.map((registration) => [registration.loraName, registration]));
  const unproven = node.placements.filter(
    (placement) => !isProven(node.pool, placement, registrations.get(placement.loraName)),
  );
  return new Set(unproven.map(({ loraName }) => loraName));
}

const readersOf = ({ node, seen, restarted }: Observation) => ({
  epoch: node.epoch,
  inFlight: seen?.inFlight ?? null,
  restarted,
});

/** A restart forgives earlier failures: another process may accept what the last one refused. */
const desiredOf = (
  node: NodeState,
  seen: Observation,
  demand: ReadonlyMap<string, number>,
  now: Date,
): DesiredPlacement[] =>
  node.placements.map((placement) => ({
    placementId: placement.id,
    loraName: placement.loraName,
    path: pathOnNode(node.pool, placement),
    desire: placement.desire,
    isHeld: placement.holders.length > 0,
    isLoadable: placement.isLoadable,
    isLive: placement.holders.some((holder) => holder.startsWith("route:")),
    requestsPerMinute: demand.get(placement.adapterId) ?? 0,
    blockedUntil: seen.restarted ? null : placement.nextAttemptAt,
    mayBeRead: mayBeRead(placement, readersOf(seen), now),
  }));

/** The steps that follow start from what the poll made of the placements. */
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
