import type { Ctx } from "#lib/identity/ctx.ts";
import { conflict } from "#lib/platform/errors.ts";
import { type ControlRecord, controlInForce } from "./control-store.ts";
import { clockTime } from "./view-control.ts";

/** The freeze of all cutovers and evals that is in force; null = they go on. */
export const freezeInForce = (ctx: Ctx): Promise<ControlRecord | null> =>
  controlInForce(ctx.tx, { type: "everything", kind: "freeze" }, ctx.clock.now());

/** Who froze, why and until when, in one sentence. */
export const freezeSentence = ({ startedBy, reason, expiresAt }: ControlRecord): string =>
  `${startedBy} froze all cutovers and evals until ${clockTime(expiresAt)}: ${reason}`;

/**
 * Call where something new would begin. What takes a change back (rollback, abort, cancel) never asks.
 * @throws AppError `conflict` (`frozen`)
 */
export async function requireNotFrozen(ctx: Ctx): Promise<void> {
  const freeze = await freezeInForce(ctx);
  if (freeze) throw conflict("frozen", freezeSentence(freeze), "Wait until then, or lift the freeze.");
}
