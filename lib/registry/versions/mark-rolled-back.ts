import { actorLabel } from "#lib/identity/actor.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { nameFor } from "#lib/identity/name-for.ts";
import type { Rollback } from "../schema.ts";
import { writeRollback } from "./rollback-store.ts";

/** Who a rollback is shown to be by when a guard or an expired approval caused it. */
const AUTOMATIC = "Switchyard";

/** Marks a version as rolled back by whoever acts now. Part of an audited rollback, never called for itself. */
export const markRolledBack = (
  ctx: Ctx,
  { versionId, cutoverId, reason }: { versionId: string; cutoverId: string; reason: string | null },
): Promise<void> =>
  writeRollback(ctx.tx, versionId, {
    at: ctx.clock.now(),
    by: ctx.actor.kind === "system" ? AUTOMATIC : actorLabel(ctx.actor),
    reason,
    cutoverId,
  });

/** A rollback as its reader may see it: customers read neither who of their provider's people did it, nor why. */
export const rollbackFor = (isStaff: boolean, rollback: Rollback): Rollback => ({
  ...rollback,
  by: nameFor(isStaff, rollback.by),
  reason: isStaff ? rollback.reason : null,
});
