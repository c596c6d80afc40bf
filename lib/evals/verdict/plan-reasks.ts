import type { GatePolicy } from "../gate-policy.ts";
import { countTakes, noiseOf, type PairedSamples, regressionOf, type Tally, tallyOf } from "./tally.ts";

/** A take of a prompt that both sides still have to answer, or one of them. */
export type Reask = { caseId: string; side: "baseline" | "candidate"; take: number };

/** Two standard errors: further from the limit chance hardly moves the sum. */
const SETTLED_AT = 2;

/**
 * What has to be asked again in one decoding mode before it can be judged; empty = nothing. In the first round every
 * prompt on which baseline, candidate and the baseline's second turn differ. In further ones those that answer now so, now
 * so, as long as their chance could still carry the net regression over the limit: a verdict is not left to a coin.
 *
 * Each round follows from the answers of the rounds before alone, so a run that was broken off goes on with what is missing.
 * Prompts that lack an answer of the first takes are left out: the judge counts them as missing.
 *
 * @param takes how often each side was asked at first
 */
export function planReasks(prompts: readonly PairedSamples[], takes: number, policy: GatePolicy): Reask[] {
  const complete = prompts.filter((prompt) => isComplete(prompt, takes));
  const counted = new Map<PairedSamples, Tally>();
  let chosen = complete.filter((prompt) => differs(prompt, takes));
  for (let round = 1; round <= policy.roundsMax && chosen.length > 0; round += 1) {
    const upTo = takes + round * policy.askedAgain;
    const missing = chosen.flatMap((prompt) => missingTakes(prompt, takes, upTo));
    if (missing.length > 0) return missing;
    for (const prompt of chosen) counted.set(prompt, tallyOf(prompt, upTo));
    if (isSettled([...counted.values()], policy.limit * complete.length)) return [];
    chosen = chosen.filter((prompt) => noiseOf(tallyOf(prompt, upTo)) > 0);
  }
  return [];
}

function isComplete({ baseline, baselineRepeat, candidate }: PairedSamples, takes: number): boolean {
  return [baseline, baselineRepeat, candidate].every((side) => countTakes(side, takes).asked >= takes);
}

/** Whether the first answers of the three turns do not all pass equally often. */
function differs({ baseline, baselineRepeat, candidate }: PairedSamples, takes: number): boolean {
  const [first, repeat, other] = [baseline, baselineRepeat, candidate].map((side) => countTakes(side, takes).passed);
  return first !== repeat || first !== other;
}

function missingTakes(prompt: PairedSamples, takes: number, upTo: number): Reask[] {
  const sides = ["candidate", "baseline"] as const;
  return sides.flatMap((side) => {
    const asked = new Set(prompt[side].map(({ take }) => take));
    const wanted = Array.from({ length: upTo - takes }, (_, index) => takes + 1 + index);
    return wanted.filter((take) => !asked.has(take)).map((take) => ({ caseId: prompt.caseId, side, take }));
  });
}

/**
 * Whether the prompts lost, net, are so far from as many as the limit allows that the noise of their answers would not carry
 * them over. Prompts that were not asked again answered alike on all sides: they lost nothing.
 */
function isSettled(asked: readonly Tally[], allowed: number): boolean {
  const lost = asked.reduce((sum, tally) => sum + regressionOf(tally), 0);
  const noise = asked.reduce((sum, tally) => sum + noiseOf(tally), 0);
  return Math.abs(lost - allowed) >= SETTLED_AT * Math.sqrt(noise);
}
