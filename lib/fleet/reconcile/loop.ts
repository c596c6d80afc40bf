import { type Deps, systemRead } from "#lib/identity/ctx.ts";
import { errorText } from "#lib/platform/errors.ts";
import { runLeasedLoop } from "#lib/platform/leased-loop.ts";
import type { Turn } from "#lib/platform/loop.ts";
import { type LastSeen, lastSeenNote, RECONCILE_LOOP, readLastSeen } from "../last-seen.ts";
import { reconcileNode } from "./reconcile-node.ts";
import { listNodeAddresses } from "./reconcile-store.ts";

/** Every node is polled this often; a restart shows at the next poll. */
const INTERVAL_MS = 3_000;
const LEASE_MS = 10_000;
/** Several connections of a node end together; one poll is enough for them. */
const POLL_GAP_MS = 250;

/**
 * Keeps all nodes as they should be, until `signal` aborts; resolves when the work in progress has ended. Nodes are
 * worked on side by side and independently: one that loads for a minute does not keep the others from being polled.
 */
export async function runReconcileLoop(
  deps: Deps,
  signal: AbortSignal,
  options: { intervalMs?: number; holder?: string; random?: () => number } = {},
): Promise<void> {
  const random = options.random ?? Math.random;
  const jobs = createJobs(deps, signal, random);
  const watch = watchConnections(deps, jobs.start);
  await runLeasedLoop(deps, signal, {
    name: RECONCILE_LOOP,
    note: () => lastSeenNote(jobs.lastSeen),
    intervalMs: options.intervalMs ?? INTERVAL_MS,
    leaseMs: LEASE_MS,
    wakesOn: ["Placement", "Node", "Pool"],
    holder: options.holder,
    random,
    withLease: (lease) => ({
      ...lease,
      // the work in progress still writes under this term
      release: async (term) => {
        await jobs.ended();
        await lease.release(term);
      },
    }),
    tick: async (turn) => {
      const { nodes, seen } = await systemRead(deps, RECONCILE_LOOP, async ({ tx }) => ({
        nodes: await listNodeAddresses(tx),
        seen: await readLastSeen(tx),
      }));
      const nodeIds = nodes.map(({ id }) => id);
      keepLastSeen(jobs.lastSeen, seen, nodeIds);
      watch.expect(nodes, turn);
      for (const nodeId of nodeIds) jobs.start(nodeId, turn);
      const failed = jobs.takeFailures();
      if (failed.length > 0) throw new Error(failed.join("; "));
    },
  });
  watch.stop();
  await jobs.ended();
}

/**
 * Polls a node at once when a connection to it ends: a process that dies closes them all, so that a restart need not
 * wait for the next regular poll. An idle connection that ends costs one poll too many.
 */
function watchConnections(deps: Deps, poll: (nodeId: string, turn: Turn) => void) {
  let known: { nodes: readonly { id: string; baseUrl: string }[]; turn: Turn; at: number } | null = null;
  const polledAt = new Map<string, number>();
  const stop = deps.outbound.onDisconnect((origin) => {
    const now = deps.clock.now().getTime();
    // whoever has not had a turn for so long holds the lease no more
    if (known === null || now - known.at > LEASE_MS) return;
    for (const { id, baseUrl } of known.nodes) {
      if (new URL(baseUrl).origin !== origin || now - (polledAt.get(id) ?? 0) < POLL_GAP_MS) continue;
      polledAt.set(id, now);
      poll(id, known.turn);
    }
  });
  return {
    expect(nodes: readonly { id: string; baseUrl: string }[], turn: Turn) {
      known = { nodes, turn, at: deps.clock.now().getTime() };
    },
    stop,
  };
}

/** One job a node at a time, and what jobs remember of their nodes from one to the next. */
function createJobs(deps: Deps, signal: AbortSignal, random: () => number) {
  const running = new Map<string, Promise<void>>();
  const failures: string[] = [];
  const lastSeen = new Map<string, Date>();
  const memory = { missedPolls: new Map<string, number>(), refusedRemovals: new Map<string, Date>(), lastSeen };
  return {
    lastSeen,
    start(nodeId: string, turn: Turn) {
      if (running.has(nodeId)) return;
      const fence = { name: RECONCILE_LOOP, term: turn.term };
      const job = reconcileNode({ deps, fence, nodeId, random, signal, ...memory })
        .catch((error) => {
          if (signal.aborted) return;
          failures.push(`${nodeId}: ${errorText(error)}`);
          deps.log.error("node not reconciled", { nodeId, error });
        })
        .finally(() => running.delete(nodeId));
      running.set(nodeId, job);
    },
    takeFailures: () => failures.splice(0),
    ended: () => Promise.all(running.values()),
  };
}

/** A worker that takes over goes on from what the last one left; nodes that are gone are forgotten. */
function keepLastSeen(own: Map<string, Date>, left: LastSeen, nodeIds: readonly string[]): void {
  for (const [nodeId, at] of left) if (!own.has(nodeId)) own.set(nodeId, at);
  for (const nodeId of own.keys()) if (!nodeIds.includes(nodeId)) own.delete(nodeId);
}
