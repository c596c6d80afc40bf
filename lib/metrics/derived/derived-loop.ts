import type { Deps } from "#lib/identity/ctx.ts";
import { errorText } from "#lib/platform/errors.ts";
import { type Fence, requireTerm } from "#lib/platform/lease.ts";
import { runLeasedLoop } from "#lib/platform/leased-loop.ts";
import type { Turn } from "#lib/platform/loop.ts";
import { makePartitions } from "#lib/platform/partitions.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { NODE_PARTITIONS } from "../node-minute/columns.ts";
import { readNodeRollups } from "../node-minute/rollup-store.ts";
import { stepStart } from "../rollup.ts";
import {
  type Checkpoint,
  type FollowedNode,
  foldDerived,
  listFollowed,
  saveCheckpoint,
  saveMinutes,
  weakenMinutes,
} from "./derived-rollup-store.ts";
import { checkpointOf, type FollowedPart, followPart, sharedWithOthers } from "./follow-node.ts";
import { saveFollowedIntervals, weakenIntervals } from "./interval-store.ts";
import { foreignNow } from "./read-foreign.ts";

export const DERIVED_LOOP = "derived";
const INTERVAL_MS = 30_000;
const LEASE_MS = 60_000;
const MINUTE_MS = 60_000;
/** So many parts of ten minutes of one node a turn, so that a node that fell behind keeps no other waiting. */
const PARTS_A_TURN = 12;
/** Counters of engines are looked up so far back; a minute that was not followed by then is not compared. */
const COUNTED_BACK_MS = 20 * MINUTE_MS;
/** An engine that was seen for less of a minute counted less than the minute's requests. */
const LEAST_SECONDS = 50;

/** Follows every node's cache each 30 s until `signal` aborts. Only the holder of the lease does; the others stand by. */
export function runDerivedLoop(deps: Deps, signal: AbortSignal): Promise<void> {
  let failed: string[] = [];
  return runLeasedLoop(deps, signal, {
    name: DERIVED_LOOP,
    intervalMs: INTERVAL_MS,
    leaseMs: LEASE_MS,
    note: () => ({ failed }),
    async tick(turn) {
      failed = await derivedTurn(deps, turn);
    },
  });
}

/** One scrape of all nodes. One that cannot be followed hinders no other. @returns the names of those */
export async function derivedTurn(deps: Deps, { term, signal }: Turn): Promise<string[]> {
  const now = deps.clock.now();
  const fence = { name: DERIVED_LOOP, term };
  const nodes = await deps.db.read(platformScope, listFollowed);
  const counted = await deps.db.read(platformScope, (tx) => countedRequests(tx, nodes, now));
  await deps.db.write(platformScope, async (tx) => {
    await requireTerm(tx, fence);
    await makePartitions(tx, NODE_PARTITIONS, [now]); // nothing is followed further back than a day
  });
  const failed: string[] = [];
  for (const node of nodes) {
    if (signal.aborted) break;
    try {
      await followNode(deps, fence, node, now, counted.get(node.id) ?? new Map());
    } catch (error) {
      if (signal.aborted) break;
      failed.push(node.name);
      deps.log.error("node not followed", { node: node.id, error: errorText(error) });
    }
  }
  return failed;
}

type Tx = Parameters<typeof listFollowed>[0];

const REQUESTS = { counters: ["requests"], gauges: [], histograms: [] } as const;

/** What each engine counted, by node and minute; minutes in which it was not seen all along are left out. */
async function countedRequests(
  tx: Tx,
  nodes: readonly FollowedNode[],
  now: Date,
): Promise<Map<string, Map<number, number>>> {
  const from = stepStart(new Date(now.getTime() - COUNTED_BACK_MS), 60);
  const nodeIds = nodes.map(({ id }) => id);
  const byNode = new Map<string, Map<number, number>>();
  for (const { nodeId, at, data } of await readNodeRollups(tx, { nodeIds, stepSeconds: 60, from, to: now }, REQUESTS)) {
    if (data.counters.requests === undefined || data.seconds < LEAST_SECONDS) continue;
    const minutes = byNode.get(nodeId) ?? new Map<number, number>();
    byNode.set(nodeId, minutes.set(at.getTime(), Math.round(data.counters.requests)));
  }
  return byNode;
}

async function followNode(
  deps: Deps,
  fence: Fence,
  node: FollowedNode,
  now: Date,
  counted: ReadonlyMap<number, number>,
): Promise<void> {
  const { db } = deps;
  let from = await db.read(platformScope, (tx) => checkpointOf(tx, node, now));
  for (let parts = 0; parts < PARTS_A_TURN; parts += 1) {
    const part = await db.read(platformScope, (tx) => followPart(tx, node, from, now, counted));
    from = await db.write(platformScope, async (tx) => {
      await requireTerm(tx, fence);
      return savePart(tx, node, part, now);
    });
    if (part.isDone) return;
  }
}

/** All of a part at once, so that whoever goes on after a kill finds rows and checkpoint of the same moment. */
async function savePart(tx: Tx, node: FollowedNode, part: FollowedPart, now: Date): Promise<Checkpoint> {
  await saveMinutes(tx, node, part.minutes);
  await saveFollowedIntervals(tx, node.id, new Date(part.fromMs), part.intervals);
  let changedMs = part.fromMs;
  if (part.lateFromMs !== null) {
    changedMs = Math.min(changedMs, part.lateFromMs);
    const late = { from: new Date(part.lateFromMs), to: new Date(part.fromMs) };
    await weakenMinutes(tx, node.id, late, "late");
    await weakenIntervals(tx, node.id, late);
  }
  const foreign = part.isDone ? await foreignNow(tx, node.id, now) : null;
  let checkpoint = part.checkpoint;
  if (foreign !== null) {
    changedMs = Math.min(changedMs, foreign.sinceMs);
    const since = { from: new Date(foreign.sinceMs), to: now };
    await weakenMinutes(tx, node.id, since, "foreign");
    await weakenIntervals(tx, node.id, since);
    checkpoint = sharedWithOthers(checkpoint, node);
  }
  await saveCheckpoint(tx, node.id, checkpoint);
  await foldDerived(tx, node.id, new Date(changedMs));
  return checkpoint;
}
