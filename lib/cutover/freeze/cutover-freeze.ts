import { freezeInForce, freezeSentence } from "#lib/fleet/controls/require-not-frozen.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { describeInstant, describeWindow, windowInForce } from "#lib/platform/browser/weekly-window.ts";
import type { WeeklyWindow } from "#lib/platform/browser/weekly-window-schema.ts";
import { conflict } from "#lib/platform/errors.ts";
import { readSettings } from "#lib/pools/settings/settings-store.ts";

export type CutoverFreeze = {
  /** What is in force, as one sentence. */
  sentence: string;
  /** The same for something that is held by it. */
  paused: string;
  fix: string;
};

/** Why no cutover starts or moves forward now: somebody froze them, or a freeze window of the settings; null = they may. */
export async function cutoverFreeze(ctx: Ctx): Promise<CutoverFreeze | null> {
  const control = await freezeInForce(ctx);
  if (control !== null) {
    const sentence = freezeSentence(control);
    return { sentence, paused: `Paused by freeze: ${sentence}`, fix: "Wait until then, or lift the freeze." };
  }
  const { freezeWindows } = await readSettings(ctx.tx);
  return windowFreeze(freezeWindows, ctx.clock.now());
}

/** What the windows alone say at a moment. */
export function windowFreeze(windows: readonly WeeklyWindow[], now: Date): CutoverFreeze | null {
  const found = windowInForce(windows, now);
  if (found === null) return null;
  const { which, until } = found;
  const end = until === null ? "without an end" : `until ${describeInstant(until, which.timeZone)}`;
  const window = `freeze window ${describeWindow(which)}`;
  return {
    sentence: `Cutovers are held by the ${window}, ${end}.`,
    paused: `Paused by ${window}, ${end}.`,
    fix: "Wait until then, or change the freeze windows in the settings.",
  };
}

/**
 * Call where a cutover would begin or move forward. What takes a change back (rollback, abort, an end of a share) never asks.
 * @throws AppError `conflict` (`frozen`)
 */
export async function requireCutoversMove(ctx: Ctx): Promise<void> {
  const freeze = await cutoverFreeze(ctx);
  if (freeze) throw conflict("frozen", freeze.sentence, freeze.fix);
}
