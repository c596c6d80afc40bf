import { type Ctx, type Deps, systemRead } from "#lib/identity/ctx.ts";
import { CONDITION_RENEWED_MS, GUARD_BREACHED, recordConditions } from "#lib/metrics/conditions/record-condition.ts";
import { type Fence, requireTerm } from "#lib/platform/lease.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { listGuarded } from "../store.ts";
import { CUTOVER_ACTOR } from "../view-cutover.ts";

/** On call is told of it for so long, and then for a while that it is over. */
const TOLD_MS = 60 * 60_000;
const OVER_MS = 15 * 60_000;

/** When this process last told. */
export type Teller = { toldAt: number };

/** Tells telemetry which versions guards have taken back lately; renewed twice a minute, and at once when one is new. */
export async function tellBreaches(deps: Deps, fence: Fence, teller: Teller): Promise<void> {
  const now = deps.clock.now();
  const since = new Date(now.getTime() - TOLD_MS - OVER_MS);
  const guarded = await systemRead(deps, CUTOVER_ACTOR, (ctx: Ctx) => listGuarded(ctx.tx, since));
  const isNew = guarded.some(({ guardedAt }) => guardedAt !== null && guardedAt.getTime() >= teller.toldAt);
  if (guarded.length === 0 || (!isNew && now.getTime() - teller.toldAt < CONDITION_RENEWED_MS)) return;
  const conditions = guarded.map(({ toVersionId, tenantId, guardedAt, message }) => ({
    subject: `version:${toVersionId}`,
    type: GUARD_BREACHED,
    tenantId,
    status: now.getTime() - (guardedAt?.getTime() ?? 0) < TOLD_MS ? ("true" as const) : ("false" as const),
    reason: "guard_breached",
    message: message ?? "Its guard took it back.",
  }));
  await deps.db.write(platformScope, async (tx) => {
    await requireTerm(tx, fence);
    await recordConditions(tx, conditions, now);
  });
  teller.toldAt = now.getTime();
}
