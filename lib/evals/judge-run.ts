import { type ModeMeasures, measureMode, type PairedSamples } from "./measure-mode.ts";
import { type DecodingMode, decodingModes, type Outcome, type ReasonCode } from "./schema.ts";
import { formatShare, summarise } from "./summarise.ts";

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
};

export type GatePolicy = {
  /** A pass stays *below* this net regression, in each decoding mode. */
  limit: number;
  /** Fewer prompts than this prove too little to pass. */
  promptsMin: number;
  /** Regression cannot be seen on prompts that the baseline already fails. */
  baselinePassRateMin: number;
  /** Level of the tests that tell a regression from flake. */
  alpha: number;
};

export const defaultPolicy: GatePolicy = { limit: 0.005, promptsMin: 200, baselinePassRateMin: 0.5, alpha: 0.05 };

/** Net regressions are sums of ratios; 1 of 200 must equal 0.5 % whatever the order of summation. */
const tolerance = 1e-9;

/**
 * The verdict of an eval run (mission M7): pass only while the net regression is below the limit in *each* decoding
 * mode; a breach fails unless flake explains it; anything unknown (missing or invalid samples, too few prompts, other
 * conditions) is inconclusive and never a pass. With 200 prompts 0 net losses pass, exactly 1 is inconclusive.
 *
 * A breach is explained by flake when McNemar's test does not tell losses from gains *and* the baseline disagreed with
 * itself on at least as many prompts as were lost net, or the prompts that did not flake stay within the limit.
 *
 * @param random uniform in [0, 1); seed it from the run, so that the same samples give the same verdict
 */
export function judgeRun(run: RunSamples, random: () => number, policy: GatePolicy = defaultPolicy): RunVerdict {
  const reasons: Reason[] = [];
  const judge = (mode: DecodingMode): ModeReport => {
    const measures = measureMode(run[mode], run.prompts, policy.limit, random);
    const found = [...findGaps(measures, run[mode].length, policy), ...weigh(measures, mode, policy)];
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

function isGap(code: ReasonCode): boolean {
  switch (code) {
    case "no_samples":
    case "samples_missing":
    case "samples_invalid":
    case "too_few_prompts":
    case "suite_changed":
    case "conditions_differ":
      return true;
    case "baseline_too_weak":
    case "baseline_shifted":
    case "flake_above_limit":
    case "at_limit":
    case "explained_by_flake":
    case "above_limit":
    case "below_limit":
      return false;
  }
}

function outcomeOf(code: ReasonCode): Outcome {
  if (code === "below_limit") return "pass";
  return code === "above_limit" ? "fail" : "inconclusive";
}

type Finding = { code: ReasonCode; message: string };

function findGaps(measures: ModeMeasures, sampleCount: number, policy: GatePolicy): Finding[] {
  const { n, prompts, missing, invalid } = measures;
  if (sampleCount === 0) return [{ code: "no_samples", message: "no prompt was asked" }];
  const gaps: Finding[] = [];
  if (missing > 0) gaps.push({ code: "samples_missing", message: `${missing} of ${prompts} prompts lack a sample` });
  if (invalid > 0)
    gaps.push({ code: "samples_invalid", message: `${invalid} samples are invalid (cut off or not delivered)` });
  if (sampleCount > prompts)
    gaps.push({ code: "suite_changed", message: `${sampleCount} prompts were asked, the suite has ${prompts}` });
  if (prompts < policy.promptsMin)
    gaps.push({
      code: "too_few_prompts",
      message: `${n} prompts prove too little, the gate needs ${policy.promptsMin}`,
    });
  return gaps;
}

/** What the complete prompts of a mode say, in the order in which the reasons are read. */
function weigh(measures: ModeMeasures, mode: DecodingMode, policy: GatePolicy): Finding[] {
  const { n, netRegression, flakeRate } = measures;
  if (n === 0 || netRegression === null || flakeRate === null) return [];
  const net = `net regression ${formatShare(netRegression)} (${measures.b} lost, ${measures.c} gained of ${n})`;
  const limit = formatShare(policy.limit);
  if (netRegression > policy.limit + tolerance) {
    if (isExplainedByFlake(measures, policy))
      return [
        {
          code: "explained_by_flake",
          message: `${net} is above ${limit}, but the baseline disagreed with itself on ${measures.flakeCount} prompts`,
        },
      ];
    return [{ code: "above_limit", message: `${net} is not below ${limit}` }];
  }
  const doubts = findDoubts(measures, mode, policy);
  if (netRegression > policy.limit - tolerance)
    doubts.unshift({ code: "at_limit", message: `${net} is exactly at ${limit}, not below it` });
  if (doubts.length > 0) return doubts;
  return [{ code: "below_limit", message: `${net} is below ${limit}; true regression rate ${summarise(measures)}` }];
}

/**
 * Reasons not to trust a regression below the limit. Greedy answers of one version should repeat, so disagreement above
 * the limit drowns what the gate looks for; sampled answers may differ, but not to one side.
 */
function findDoubts(measures: ModeMeasures, mode: DecodingMode, policy: GatePolicy): Finding[] {
  const doubts: Finding[] = [];
  const passRate = measures.baselinePassed / measures.n;
  if (passRate < policy.baselinePassRateMin)
    doubts.push({
      code: "baseline_too_weak",
      message: `the baseline passes only ${formatShare(passRate)}; what it fails cannot regress`,
    });
  const flake = `the baseline disagreed with itself on ${measures.flakeCount} of ${measures.n} prompts`;
  if (mode === "greedy" && (measures.flakeRate ?? 0) > policy.limit + tolerance)
    doubts.push({ code: "flake_above_limit", message: `${flake}, more than ${formatShare(policy.limit)}` });
  if (measures.pBaselineShift <= policy.alpha)
    doubts.push({ code: "baseline_shifted", message: `${flake}, and nearly always to the same side` });
  return doubts;
}

function isExplainedByFlake(measures: ModeMeasures, policy: GatePolicy): boolean {
  const { n, netRegression, stableNetRegression, flakeCount } = measures;
  if (flakeCount === 0 || netRegression === null || stableNetRegression === null) return false;
  const isDirected = (measures.pSignFlip ?? measures.pMcNemar) <= policy.alpha;
  const isCovered = flakeCount >= netRegression * n - tolerance || stableNetRegression <= policy.limit + tolerance;
  return !isDirected && isCovered;
}
