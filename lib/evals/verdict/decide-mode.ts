import type { GatePolicy } from "../gate-policy.ts";
import type { Outcome, ReasonCode } from "../schema.ts";
import type { Regression } from "./tally.ts";

/** Net regressions are sums of ratios; 1 of 200 must equal 0.5 % whatever the order of summation. */
const tolerance = 1e-9;

/** `below_limit` passes, `above_limit` fails; the others leave it open. */
export type ModeCode = Extract<ReasonCode, "below_limit" | "at_limit" | "masked_loss" | "unconfirmed" | "above_limit">;

/**
 * The rule of one decoding mode over its complete prompts: pass while the net regression is below the limit; fail when it is
 * above and enough regressions are confirmed prompt by prompt; otherwise nothing is known, exactly at the limit too. Nor does
 * a run pass whose confirmed losses alone reach the limit, when only prompts that answer now so, now so, make up for them: of
 * candidates that break 2 % of the prompts, in a suite with 2 % of coin flips, 2 % pass instead of 6 % (`simulate-gate.ts`).
 */
export function decideMode({ n, netRegression, confirmed, confirmedGains }: Regression, policy: GatePolicy): ModeCode {
  if (netRegression > policy.limit + tolerance) return confirmed >= policy.confirmedMin ? "above_limit" : "unconfirmed";
  if (netRegression >= policy.limit - tolerance) return "at_limit";
  const isMasked = confirmed > 0 && confirmed - confirmedGains >= policy.limit * n - tolerance;
  return isMasked ? "masked_loss" : "below_limit";
}

/** What a reason makes of a mode: only what was found below the limit passes, only what is confirmed above it fails. */
export function outcomeOf(code: ReasonCode): Outcome {
  if (code === "below_limit") return "pass";
  return code === "above_limit" ? "fail" : "inconclusive";
}
