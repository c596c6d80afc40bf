import type { Ctx } from "#lib/identity/ctx.ts";
import { invalidField } from "#lib/platform/errors.ts";
import { readSettings } from "#lib/pools/settings/settings-store.ts";
import { DEFAULT_PLAN } from "./browser/canary-defaults.ts";
import type { CutoverPlan, PlanChoice } from "./browser/plan-schema.ts";

/**
 * How a cutover goes: as whoever starts it says, else as the settings have it now.
 * @throws AppError `invalid` on plan.maxMinutes, shorter than the shortest time that the settings give a step
 */
export async function choosePlan(ctx: Ctx, choice: PlanChoice = {}): Promise<CutoverPlan> {
  const settings = await readSettings(ctx.tx);
  const set = {
    shadow: settings.cutoverShadow,
    weights: settings.cutoverWeights,
    minRequests: settings.cutoverMinRequests,
    minMinutes: settings.cutoverStepMinutes,
    soakMinutes: settings.cutoverSoakMinutes,
  };
  const { minMinutes, maxMinutes, ...rest } = { ...DEFAULT_PLAN, ...set, ...choice };
  if (choice.maxMinutes !== undefined && maxMinutes < minMinutes)
    throw invalidField(
      "plan.maxMinutes",
      "too_small",
      `A step takes at least ${minMinutes} minutes.`,
      "Raise it, or name minMinutes, too.",
    );
  return { ...rest, minMinutes, maxMinutes: Math.max(maxMinutes, minMinutes) };
}
