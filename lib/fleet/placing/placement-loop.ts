import { type Deps, systemRead, systemWrite } from "#lib/identity/ctx.ts";
import { type Fence, requireTerm } from "#lib/platform/lease.ts";
import { runLeasedLoop } from "#lib/platform/leased-loop.ts";
import type { Turn } from "#lib/platform/loop.ts";
import { carryOutPlan, hasWork } from "./place-adapters.ts";
import { poolsToPlace } from "./placement-store.ts";

export const PLACEMENT_LOOP = "placement";
const INTERVAL_MS = 5_000;
const LEASE_MS = 15_000;

/**
 * Keeps every adapter on as many nodes as it should have, and lets it leave a node when its new ones have proven it. It
 * evens out no load by itself: that moves customers, so a person applies the plan.
 */
export function runPlacementLoop(deps: Deps, signal: AbortSignal): Promise<void> {
  return runLeasedLoop(deps, signal, {
    name: PLACEMENT_LOOP,
    intervalMs: INTERVAL_MS,
    leaseMs: LEASE_MS,
    wakesOn: ["Adapter", "Pool", "Node", "Registration"],
    wakeGapMs: 1_000,
    tick: (turn) => placeAll(deps, turn),
  });
}

/**
 * One turn over the pools that may need it, a transaction each; what goes wrong with one does not hold up the others.
 * @throws AggregateError with what went wrong
 */
export async function placeAll(deps: Deps, { signal, term }: Turn): Promise<void> {
  const fence: Fence = { name: PLACEMENT_LOOP, term };
  const poolIds = await systemRead(deps, PLACEMENT_LOOP, (ctx) => poolsToPlace(ctx.tx));
  const errors: unknown[] = [];
  for (const poolId of poolIds) {
    if (signal.aborted) return;
    await placePool(deps, fence, poolId).catch((error) => errors.push(error));
  }
  if (errors.length > 0)
    throw new AggregateError(errors, `${errors.length} of ${poolIds.length} pools were not placed`);
}

/** A pool that is as it should be is only read. */
async function placePool(deps: Deps, fence: Fence, poolId: string): Promise<void> {
  if (!(await systemRead(deps, PLACEMENT_LOOP, (ctx) => hasWork(ctx, poolId)))) return;
  await systemWrite(deps, PLACEMENT_LOOP, async (ctx) => {
    await requireTerm(ctx.tx, fence);
    await carryOutPlan(ctx, poolId, { rebalance: false });
  });
}
