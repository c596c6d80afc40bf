import { freezeInForce, freezeSentence } from "#lib/fleet/controls/require-not-frozen.ts";
import { type Deps, systemRead } from "#lib/identity/ctx.ts";
import type { Fence } from "#lib/platform/lease.ts";
import { EVAL_ACTOR, fencedWrite } from "./admit-run.ts";
import { openRunMessages, pauseRuns, resumeRuns } from "./pause-store.ts";

const PAUSED = "Paused by freeze: ";

/**
 * While cutovers and evals are frozen no run asks anything, and each says why; afterwards they go on by themselves.
 * @returns true while they are
 */
export async function pauseUnderFreeze(deps: Deps, fence: Fence): Promise<boolean> {
  const { freeze, messages } = await systemRead(deps, EVAL_ACTOR, async (ctx) => ({
    freeze: await freezeInForce(ctx),
    messages: await openRunMessages(ctx.tx),
  }));
  if (freeze) {
    const message = `${PAUSED}${freezeSentence(freeze)}`;
    if (messages.some((said) => said !== message)) await fencedWrite(deps, fence, ({ tx }) => pauseRuns(tx, message));
    return true;
  }
  if (messages.some((said) => said?.startsWith(PAUSED)))
    await fencedWrite(deps, fence, ({ tx }) => resumeRuns(tx, PAUSED));
  return false;
}
