import { defaultPolicy, type GatePolicy } from "../gate-policy.ts";
import type { DecodingMode, SampleStatus } from "../schema.ts";
import { decideMode, type ModeCode } from "./decide-mode.ts";
import { planReasks } from "./plan-reasks.ts";
import { countRegression, type PairedSamples, type Take, tallyOf } from "./tally.ts";

/** How likely each side is to answer a prompt well. */
export type Odds = { baseline: number; candidate: number };

export type SimulatedGate = { code: ModeCode; askedAgain: number };

type Prompt = PairedSamples & Record<"baseline" | "candidate" | "baselineRepeat", Take[]>;

/**
 * Plays one decoding mode of a gate on a suite whose true odds are known, to the verdict: the same planning and the same rule
 * as a real run, with drawn answers instead of asked ones.
 * @param random uniform in [0, 1)
 */
export function simulateGate(
  odds: readonly Odds[],
  mode: DecodingMode,
  random: () => number,
  policy: GatePolicy = defaultPolicy,
): SimulatedGate {
  const takes = policy.takes[mode];
  const draw = (rate: number): SampleStatus => (random() < rate ? "pass" : "wrong");
  const first = (rate: number): Take[] =>
    Array.from({ length: takes }, (_, index) => ({ take: index + 1, status: draw(rate) }));
  const prompts = odds.map(
    (prompt, at): Prompt => ({
      caseId: String(at),
      baseline: first(prompt.baseline),
      baselineRepeat: first(prompt.baseline),
      candidate: first(prompt.candidate),
    }),
  );
  let askedAgain = 0;
  for (let more = planReasks(prompts, takes, policy); more.length > 0; more = planReasks(prompts, takes, policy)) {
    for (const { caseId, side, take } of more) {
      const at = Number(caseId);
      prompts[at]?.[side].push({ take, status: draw(odds[at]?.[side] ?? 0) });
    }
    askedAgain += more.length;
  }
  const code = decideMode(countRegression(prompts.map((prompt) => tallyOf(prompt))), policy);
  return { code, askedAgain };
}
