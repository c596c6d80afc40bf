import { GATE_PROMPTS_MIN } from "./browser/suite-sizes.ts";
import type { DecodingMode } from "./schema.ts";

/** Counts up with every change of the rule, or of what is asked for it. */
export const gateVersion = "2";

/** The rule of a gate. Rates are 0..1. */
export type GatePolicy = {
  /** A pass stays *below* this net regression, in each decoding mode (mission M7). */
  limit: number;
  /** Fewer prompts than this prove too little to pass. */
  promptsMin: number;
  /** Regression cannot be seen on prompts that the baseline already fails. */
  baselinePassRateMin: number;
  /** How often each side is asked a prompt at first: greedy answers should repeat, sampled ones are a draw. */
  takes: Record<DecodingMode, number>;
  /** How often both sides are asked again, a round, where their answers differ. */
  askedAgain: number;
  /** Rounds at most; all but the first only while chance could still move the verdict. */
  roundsMax: number;
  /** Regressions that must be confirmed prompt by prompt before a run fails. */
  confirmedMin: number;
  /** Level at which the baseline is said to have moved between its two turns. */
  shiftAlpha: number;
};

export const defaultPolicy: GatePolicy = {
  limit: 0.005,
  promptsMin: GATE_PROMPTS_MIN,
  baselinePassRateMin: 0.8,
  takes: { greedy: 1, sampled: 5 },
  askedAgain: 5,
  roundsMax: 4,
  confirmedMin: 2,
  shiftAlpha: 0.005,
};
