import { defaultPolicy, type GatePolicy } from "../gate-policy.ts";
import { type DecodingMode, decodingModes, type Outcome, type ReasonCode } from "../schema.ts";
import { decideMode, type ModeCode, outcomeOf } from "./decide-mode.ts";
import { type ModeMeasures, measureMode } from "./measure-mode.ts";
import { planReasks } from "./plan-reasks.ts";
import { formatShare, summarise } from "./summarise.ts";
import type { PairedSamples } from "./tally.ts";

/** `mode` is null for what concerns the run as a whole. */
export type Reason = { code: ReasonCode; mode: DecodingMode | null; message: string };

export type ModeReport = ModeMeasures & { outcome: Outcome };

export type RunVerdict = {
  outcome: Outcome;
  modes: Record<DecodingMode, ModeReport>;
  reasons: Reason[];
};

export type RunSamples = Record<DecodingMode, readonly PairedSamples[]> & {
  /** Prompts of the suite: what was not asked counts as missing. */
  prompts: number;
  /** Conditions other than the adapter in which the sides differ (`compareConditions`). */
  differingConditions?: readonly string[];
  /** Why the baseline as such cannot carry a verdict (`findBaselineProblems`); each makes the run inconclusive. */
  problems?: readonly Reason[];
};

/**
 * The verdict of an eval run (mission M7): pass only while the net regression is below the limit in *each* decoding mode;
 * fail only when it is above and at least two prompts are confirmed to have regressed; whatever else is inconclusive:
 * exactly at the limit, above it without proof, missing or invalid answers, too few prompts, a baseline that is too weak to
 * show a regression, other conditions on both sides. With 200 prompts exactly 1 lost is inconclusive.
 *
 * @param random uniform in [0, 1); seed it from the run, so that the same samples give the same verdict
 */
export function judgeRun(run: RunSamples, random: () => number, policy: GatePolicy = defaultPolicy): RunVerdict {
  const reasons: Reason[] = [];
  const judge = (mode: DecodingMode): ModeReport => {
    const asked = { prompts: run.prompts, takes: policy.takes[mode] };
    const measures = measureMode(run[mode], asked, policy.limit, random);
    const found = [...findGaps(measures, run[mode], mode, policy), ...weigh(measures, policy)];
    reasons.push(...found.map(({ code, message }) => ({ code, mode, message: `${mode}: ${message}` })));
    return { ...measures, outcome: worst(found.map(({ code }) => outcomeOf(code))) };
  };
  const modes = { greedy: judge("greedy"), sampled: judge("sampled") };

  const differing = run.differingConditions ?? [];
  if (differing.length > 0)
    reasons.push({
      code: "conditions_differ",
      mode: null,
      message: `not comparable: ${differing.join(", ")} differ between the sides`,
    });
  // what holds for the whole run is said first
  reasons.unshift(...(run.problems ?? []));
  return { outcome: decide(modes, reasons), modes, reasons };
}

/** A gap anywhere makes the run inconclusive, even beside a mode that fails: the run has to be repeated anyway. */
function decide(modes: Record<DecodingMode, ModeReport>, reasons: readonly Reason[]): Outcome {
  if (reasons.some((reason) => isGap(reason.code))) return "inconclusive";
  return worst(decodingModes.map((mode) => modes[mode].outcome));
}

const rank: Record<Outcome, number> = { pass: 0, inconclusive: 1, fail: 2 };

function worst(outcomes: readonly Outcome[]): Outcome {
  return outcomes.reduce<Outcome>((result, outcome) => (rank[outcome] > rank[result] ? outcome : result), "pass");
}

/** What says nothing about the candidate, however it looks: the ruler, or what it was held against, was not right. */
function isGap(code: ReasonCode): boolean {
  switch (code) {
    case "no_samples":
    case "samples_missing":
    case "samples_invalid":
    case "not_asked_again":
    case "too_few_prompts":
    case "suite_changed":
    case "conditions_differ":
    case "baseline_too_weak":
    case "baseline_shifted":
    case "baseline_without_tools":
    case "baseline_mixed":
    case "comparison_only":
      return true;
    case "at_limit":
    case "masked_loss":
    case "unconfirmed":
    case "above_limit":
    case "below_limit":
      return false;
  }
}

type Finding = { code: ReasonCode; message: string };

function findGaps(
  measures: ModeMeasures,
  samples: readonly PairedSamples[],
  mode: DecodingMode,
  policy: GatePolicy,
): Finding[] {
  const { n, prompts, missing, invalid } = measures;
  if (samples.length === 0) return [{ code: "no_samples", message: "no prompt was asked" }];
  const gaps: Finding[] = [];
  const find = (code: ReasonCode, isFound: boolean, message: string) => {
    if (isFound) gaps.push({ code, message });
  };
  const again = new Set(planReasks(samples, policy.takes[mode], policy).map(({ caseId }) => caseId)).size;
  find("samples_missing", missing > 0, `${missing} of ${prompts} prompts lack an answer`);
  find("samples_invalid", invalid > 0, `${invalid} answers are invalid (cut off or not delivered)`);
  find("not_asked_again", again > 0, `${again} prompts answered differently and were not asked again often enough`);
  find("suite_changed", samples.length > prompts, `${samples.length} prompts were asked, the suite has ${prompts}`);
  find(
    "too_few_prompts",
    prompts < policy.promptsMin,
    `${n} prompts prove too little, the gate needs ${policy.promptsMin}`,
  );
  return [...gaps, ...findProblems(measures, policy)];
}

/** Reasons not to trust the ruler. */
function findProblems(measures: ModeMeasures, policy: GatePolicy): Finding[] {
  if (measures.n === 0) return [];
  const problems: Finding[] = [];
  const rate = measures.baselinePassed / measures.n;
  if (rate < policy.baselinePassRateMin - 1e-9)
    problems.push({
      code: "baseline_too_weak",
      message: `this suite cannot show a regression: the baseline gets ${formatShare(rate)} of it right, the gate needs ${formatShare(policy.baselinePassRateMin)}`,
    });
  if (measures.pBaselineShift <= policy.shiftAlpha)
    problems.push({
      code: "baseline_shifted",
      message: "the baseline answered otherwise in its second turn than in its first, nearly always to the same side",
    });
  return problems;
}

/** What the complete prompts of a mode say. */
function weigh(measures: ModeMeasures, policy: GatePolicy): Finding[] {
  const { netRegression } = measures;
  if (netRegression === null) return [];
  const code = decideMode({ ...measures, netRegression }, policy);
  return [{ code, message: sentence(code, { ...measures, netRegression }, policy) }];
}

function sentence(code: ModeCode, measures: ModeMeasures & { netRegression: number }, policy: GatePolicy): string {
  const { n, netRegression, confirmed, confirmedGains, askedAgain } = measures;
  const limit = formatShare(policy.limit);
  const net = `net regression ${formatShare(netRegression)} over ${n} prompts`;
  const sure = `${confirmed} ${confirmed === 1 ? "regression is" : "regressions are"} confirmed by asking again`;
  switch (code) {
    case "below_limit":
      return `${net} is below ${limit}; true regression rate ${summarise(measures)}`;
    case "at_limit":
      return `${net} is exactly at ${limit}, not below it; ask 600 prompts to tell`;
    case "masked_loss":
      return `${net} is below ${limit} only by chance: ${sure}, ${confirmedGains} gains are; ask 600 prompts to tell`;
    case "unconfirmed":
      return `${net} is above ${limit}, but of ${askedAgain} prompts asked again ${sure}, and a fail needs ${policy.confirmedMin}; ask 600 prompts to tell`;
    case "above_limit":
      return `${net} is not below ${limit}; ${sure}`;
  }
}
