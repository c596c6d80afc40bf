import { audit } from "#lib/identity/audit.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { notFound } from "#lib/platform/errors.ts";
import type { PlacementPlan } from "../schema.ts";
import { carryOutPlan, planPool } from "./place-adapters.ts";
import { readPlacementState } from "./read-placement.ts";
import { viewPlan } from "./view-placement.ts";

/** What applying a pool's plan would do now, and why. Changes nothing. */
export async function dryRunPlacement(ctx: Ctx, poolId: string): Promise<PlacementPlan> {
  const now = ctx.clock.now();
  const state = await readPlacementState(ctx.tx, poolId, now);
  if (state === null) throw notFound("pool");
  return viewPlan(state, planPool(state, { rebalance: true }), now);
}

/**
 * Carries out a pool's plan: adapters are wanted on their new nodes at once, and leave the former ones when the new ones
 * have proven them. Applying it again changes nothing.
 * @returns the plan that was carried out
 */
export async function applyPlacement(ctx: Ctx, poolId: string): Promise<PlacementPlan> {
  const done = await carryOutPlan(ctx, poolId, { rebalance: true });
  if (done === null) throw notFound("pool");
  const view = viewPlan(done.state, done.plan, ctx.clock.now());
  const changes = view.moves.filter(({ action }) => action !== "keep");
  await audit(ctx, {
    action: "pool.apply_placement",
    object: { type: "pool", id: poolId },
    tenantId: null,
    after: { moves: changes.map(({ adapterId, nodeId, action, reason }) => ({ adapterId, nodeId, action, reason })) },
  });
  return view;
}
