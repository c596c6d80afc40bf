import { type Ctx, type Deps, systemRead } from "#lib/identity/ctx.ts";
import { CONDITION_RENEWED_MS, GUARD_BREACHED, recordConditions } from "#lib/metrics/conditions/record-condition.ts";
import { type Fence, requireTerm } from "#lib/platform/lease.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { listGuarded } from "../store.ts";
import { CUTOVER_ACTOR } from "../view-cutover.ts";

/** The condition stays true for so long, and then false for a while. */
const RAISED_MS = 60 * 60_000;
const OVER_MS = 15 * 60_000;

/** When this process last recorded. */
export type RecordedBreaches = { recordedAt: number };

/** Records which versions guards have taken back lately; renewed twice a minute, and at once when one is new. */
export async function recordBreaches(deps: Deps, fence: Fence, last: RecordedBreaches): Promise<void> {
  const now = deps.clock.now();
  const since = new Date(now.getTime() - RAISED_MS - OVER_MS);
  const guarded = await systemRead(deps, CUTOVER_ACTOR, (ctx: Ctx) => listGuarded(ctx.tx, since));
  const isNew = guarded.some(({ guardedAt }) => guardedAt !== null && guardedAt.getTime() >= last.recordedAt);
  if (guarded.length === 0 || (!isNew && now.getTime() - last.recordedAt < CONDITION_RENEWED_MS)) return;
  const conditions = guarded.map(({ toVersionId, tenantId, guardedAt, message }) => ({
    subject: `version:${toVersionId}`,
    type: GUARD_BREACHED,
    tenantId,
    status: now.getTime() - (guardedAt?.getTime() ?? 0) < RAISED_MS ? ("true" as const) : ("false" as const),
    reason: "guard_breached",
    message: message ?? "Its guard took it back.",
  }));
  await deps.db.write(platformScope, async (tx) => {
    await requireTerm(tx, fence);
    await recordConditions(tx, conditions, now);
  });
  last.recordedAt = now.getTime();
}
