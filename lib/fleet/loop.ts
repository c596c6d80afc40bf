import { type Deps, systemRead } from "#lib/identity/ctx.ts";
import { errorText } from "#lib/platform/errors.ts";
import { createLease, processHolder } from "#lib/platform/lease.ts";
import { runLoop, type Turn } from "#lib/platform/loop.ts";
import { reconcileNode } from "./reconcile-node.ts";
import { listNodeIds } from "./reconcile-store.ts";

export const RECONCILE_LOOP = "reconcile";
/** Every node is looked at this often; a restart shows at the next look. */
const INTERVAL_MS = 3_000;
const LEASE_MS = 10_000;

/** Tables whose changes are worth a look before the interval is over; "" = the listener may have missed some. */
const WAKES = new Set(["Placement", "Node", "Pool", ""]);

/**
 * Keeps all nodes as they should be, until `signal` aborts; resolves when the work in progress has ended. Nodes are
 * worked on side by side and independently: one that loads for a minute does not keep the others from being looked at.
 */
export async function runReconcileLoop(
  deps: Deps,
  signal: AbortSignal,
  options: { intervalMs?: number; holder?: string; random?: () => number } = {},
): Promise<void> {
  const random = options.random ?? Math.random;
  const jobs = new Map<string, Promise<void>>();
  const failures: string[] = [];
  const missedLooks = new Map<string, number>();
  const refusedRemovals = new Map<string, Date>();
  const lease = createLease(deps.db, {
    name: RECONCILE_LOOP,
    holder: options.holder ?? processHolder,
    ttlMs: LEASE_MS,
  });
  const start = (nodeId: string, turn: Turn) => {
    const fence = { name: RECONCILE_LOOP, term: turn.term };
    const job = reconcileNode({ deps, fence, nodeId, random, signal, missedLooks, refusedRemovals })
      .catch((error) => {
        if (signal.aborted) return;
        failures.push(`${nodeId}: ${errorText(error)}`);
        deps.log.error("node not reconciled", { nodeId, error });
      })
      .finally(() => jobs.delete(nodeId));
    jobs.set(nodeId, job);
  };
  await runLoop({
    name: RECONCILE_LOOP,
    intervalMs: options.intervalMs ?? INTERVAL_MS,
    jitterRatio: 0.1,
    clock: deps.clock,
    random,
    signal,
    log: deps.log,
    wake: (onWake) =>
      deps.db.listen("switchyard_work", (table) => {
        if (WAKES.has(table)) onWake();
      }),
    lease: {
      ...lease,
      // the work in progress still writes under this term
      release: async (term) => {
        await Promise.all(jobs.values());
        await lease.release(term);
      },
    },
    tick: async (turn) => {
      const nodeIds = await systemRead(deps, RECONCILE_LOOP, (ctx) => listNodeIds(ctx.tx));
      for (const nodeId of nodeIds) if (!jobs.has(nodeId)) start(nodeId, turn);
      const failed = failures.splice(0);
      if (failed.length > 0) throw new Error(failed.join("; "));
    },
  });
  await Promise.all(jobs.values());
}
