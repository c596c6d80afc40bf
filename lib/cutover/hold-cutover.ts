import { staleEdit } from "#lib/http/etag.ts";
import { actorLabel } from "#lib/identity/actor.ts";
import { audit } from "#lib/identity/audit.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { conflict } from "#lib/platform/errors.ts";
import { lockedCutover } from "./abort-cutover.ts";
import { isOpen } from "./phases.ts";
import type { Cutover } from "./schema.ts";
import { getCutover, saveHold } from "./store.ts";
import { toCutover } from "./view-cutover.ts";

type Input = { cutoverId: string; expectedGeneration: number; paused: boolean; reason?: string | undefined };

/**
 * Pauses an open cutover, or lets it go on. Paused, it takes no step by itself; its guard still rolls it back.
 * @throws AppError `not_found`, `stale`, or `conflict` (`wrong_phase`, `already_paused`, `not_paused`)
 */
export async function holdCutover(
  ctx: Ctx,
  { cutoverId, expectedGeneration, paused, reason }: Input,
): Promise<Cutover> {
  const cutover = await lockedCutover(ctx, cutoverId);
  if (cutover.generation !== expectedGeneration) throw staleEdit();
  const { phase, weight } = cutover;
  if (!isOpen(phase))
    throw conflict("wrong_phase", `The cutover is ${phase}: it takes no further step.`, "Nothing needs doing.");
  if (cutover.paused === paused)
    throw conflict(
      paused ? "already_paused" : "not_paused",
      paused ? "The cutover is paused already." : "The cutover is not paused.",
      "Nothing needs doing.",
    );
  const what = paused ? "Paused" : "Resumed";
  await saveHold(ctx.tx, cutover, {
    paused,
    step: {
      phase,
      at: ctx.clock.now().toISOString(),
      by: actorLabel(ctx.actor),
      reason: reason === undefined ? `${what}.` : `${what}: ${reason}`,
      weight,
      isHold: true,
    },
  });
  await audit(ctx, {
    action: paused ? "cutover.pause" : "cutover.resume",
    object: { type: "cutover", id: cutoverId },
    tenantId: cutover.tenantId,
    before: { phase, paused: cutover.paused },
    after: { phase, paused },
    reason: reason ?? null,
  });
  const after = (await getCutover(ctx.tx, cutoverId)) ?? cutover;
  return toCutover(after, ctx.scope.kind === "platform");
}
