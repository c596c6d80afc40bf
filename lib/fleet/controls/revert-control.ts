import { actorLabel } from "#lib/identity/actor.ts";
import { audit } from "#lib/identity/audit.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { notFound } from "#lib/platform/errors.ts";
import type { Control } from "../browser/control-schema.ts";
import { getControl } from "./control-store.ts";
import { endControl } from "./end-control.ts";
import { controlOver } from "./renew-control.ts";
import { toControl } from "./view-control.ts";

/**
 * Ends a control at once, also one whose time is up and which no worker has ended yet.
 * @throws AppError `not_found`, or `conflict` (`control_over`)
 */
export async function revertControl(
  ctx: Ctx,
  input: { controlId: string; reason?: string | undefined },
): Promise<Control> {
  const before = await getControl(ctx.tx, input.controlId);
  if (before === null) throw notFound("control");
  const now = ctx.clock.now();
  const by = actorLabel(ctx.actor);
  const end = { at: now, by, reason: input.reason ?? `Reverted by ${by}.` };
  if (!(await endControl(ctx, before, end, "any"))) throw controlOver(before, "Nothing needs doing.");
  await audit(ctx, {
    action: "control.revert",
    object: { type: "control", id: before.id },
    tenantId: before.tenantId,
    before: { kind: before.kind, expiresAt: before.expiresAt },
    reason: input.reason ?? null,
  });
  const after = (await getControl(ctx.tx, before.id)) ?? before;
  return toControl(after, now);
}
