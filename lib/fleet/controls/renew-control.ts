import { actorLabel } from "#lib/identity/actor.ts";
import { audit } from "#lib/identity/audit.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { type AppError, conflict, notFound } from "#lib/platform/errors.ts";
import type { Control } from "../browser/control-schema.ts";
import { type ControlRecord, getControl, prolongControl } from "./control-store.ts";
import { clockTime, toControl } from "./view-control.ts";

/**
 * Lets a control last longer, or end sooner: `minutes` count from now.
 * @throws AppError `not_found`, or `conflict` (`control_over`)
 */
export async function renewControl(ctx: Ctx, input: { controlId: string; minutes: number }): Promise<Control> {
  const before = await getControl(ctx.tx, input.controlId);
  if (before === null) throw notFound("control");
  const now = ctx.clock.now();
  const expiresAt = new Date(now.getTime() + input.minutes * 60_000);
  if (!(await prolongControl(ctx.tx, before.id, { expiresAt, renewedBy: actorLabel(ctx.actor), now })))
    throw controlOver(before, "Set it again if it is still needed.");
  await audit(ctx, {
    action: "control.renew",
    object: { type: "control", id: before.id },
    tenantId: before.tenantId,
    before: { expiresAt: before.expiresAt },
    after: { expiresAt },
  });
  const after = (await getControl(ctx.tx, before.id)) ?? before;
  return toControl(after, now);
}

export const controlOver = ({ endedAt, expiresAt }: ControlRecord, fix: string): AppError =>
  conflict("control_over", `It ended at ${clockTime(endedAt ?? expiresAt)}.`, fix);
