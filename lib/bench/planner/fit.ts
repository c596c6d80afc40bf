import type { NodeCosts } from "#lib/planner/cost/coefficients.ts";
import { expectedDistinct } from "#lib/planner/cost/node-load.ts";
import { type MemoryCoefficients, nodeMemory } from "#lib/planner/cost/node-memory.ts";
import { FITTED, fittedTerms, type StepCoefficients } from "#lib/planner/cost/step-time.ts";
import { median } from "#lib/testbed/quantile.ts";
import { forecastRun, settingsOf } from "./forecast-run.ts";
import type { ServedRun, StartUp } from "./read-runs.ts";

/** A table of fewer runs teaches nothing. */
const FEWEST = 20;

/**
 * The step's coefficients by least squares of relative errors, none below 0, over runs of one model. A run's mean step is
 * its batch over its reply tokens a second: that, and not the time that clients see between tokens, keeps
 * batch = tokens a second x step true.
 * @param swapsPerStep of each run, see `swapsAtMeasuredSteps`
 * @param known what is measured one by one and not fitted: prompt tokens, swaps
 * @throws Error when there are too few runs
 */
export function fitStep(
  runs: readonly ServedRun[],
  swapsPerStep: ReadonlyMap<string, number>,
  known: StepCoefficients,
): StepCoefficients {
  const rows = runs.filter((run) => run.outcome === "served" && run.batch > 0 && run.outputTokensPerS > 0);
  if (rows.length < FEWEST) throw new Error(`${rows.length} runs are too few to fit a step by: ${FEWEST} at least`);
  const equations = rows.map((run) => {
    const ms = measuredStepMs(run);
    const promptTokens = ((run.tokensPerS - run.outputTokensPerS) * ms) / 1000;
    const terms = fittedTerms({
      batch: run.batch,
      distinct: distinctOf(run, ms),
      slots: run.slots,
      maxLoraRank: run.rank,
      swaps: swapsPerStep.get(run.id) ?? 0,
      waiting: run.waiting,
    });
    return { terms: terms.map((term) => term / ms), value: 1 - (known.promptTokenMs * promptTokens) / ms };
  });
  const solved = leastSquares(equations);
  return { ...known, ...Object.fromEntries(FITTED.map((name, at) => [name, solved[at] ?? 0])) };
}

const measuredStepMs = ({ batch, outputTokensPerS }: ServedRun): number => (1000 * batch) / outputTokensPerS;

/**
 * Swaps in a step of a run, which nobody counted: of its load played with every step as long as its mean one. No
 * coefficient has a part in it, so that nothing which a fit must not see leaks into it.
 */
export function swapsAtMeasuredSteps(run: ServedRun, costs: NodeCosts): number {
  const none = Object.fromEntries(Object.keys(costs.step).map((name) => [name, 0])) as StepCoefficients;
  const step = { ...none, baseMs: measuredStepMs(run) };
  const { swapsPerS } = forecastRun(run, { ...costs, step });
  return (swapsPerS * step.baseMs) / 1000;
}

/** Adapters in the batch of a run, by its rates, its replies' time and its slots. */
function distinctOf({ groups, tokensPerS, offeredTokensPerS, slots }: ServedRun, stepMs: number): number {
  const served = Math.min(1, tokensPerS / offeredTokensPerS);
  const seconds = ((groups[0]?.outputTokens ?? 0) * stepMs * served) / 1000;
  return Math.min(slots, expectedDistinct(groups, seconds));
}

type Equation = { terms: readonly number[]; value: number };

const SWEEPS = 20_000;

/** Least squares with no unknown below 0, by coordinate descent on the normal equations. */
export function leastSquares(equations: readonly Equation[]): number[] {
  const size = equations[0]?.terms.length ?? 0;
  const sum = (of: (equation: Equation) => number) => equations.reduce((total, equation) => total + of(equation), 0);
  const range = [...Array(size).keys()];
  const gram = range.map((row) => range.map((column) => sum(({ terms }) => (terms[row] ?? 0) * (terms[column] ?? 0))));
  const right = range.map((row) => sum(({ terms, value }) => (terms[row] ?? 0) * value));
  const solved: number[] = range.map(() => 0);
  for (let sweep = 0; sweep < SWEEPS; sweep += 1)
    for (const row of range) {
      const own = gram[row]?.[row] ?? 0;
      const others = range.reduce(
        (total, at) => total + (at === row ? 0 : (gram[row]?.[at] ?? 0) * (solved[at] ?? 0)),
        0,
      );
      solved[row] = own > 0 ? Math.max(0, ((right[row] ?? 0) - others) / own) : 0;
    }
  return solved;
}

/** From so many sequences on, the sampler needs more memory than the prompts do. */
const MANY_SEQUENCES = 400;

/**
 * What a model's start-ups tell about activations: without LoRA at many and at few sequences, then with it. Medians, so that
 * one odd start-up does not move them. Where a kind of start-up is missing, `before` stands.
 */
export function fitMemory(startUps: readonly StartUp[], costs: NodeCosts): MemoryCoefficients {
  const none: MemoryCoefficients = {
    ...costs.memory,
    ...{ outsideBytes: 0, promptBytes: 0, promptLoraBytes: 0, logitCopies: 0, samplerLoraBytes: 0 },
  };
  const known = startUps.filter(({ kvTokens }) => kvTokens !== null && kvTokens > 0);
  const rows = known.map((one) => {
    const settings = settingsOf({ ...one, maxNumSeqs: one.maxNumSeqs }, one.maxModelLen);
    const memory = nodeMemory(costs.model, costs.gpu.memoryBytes, settings, none);
    const other = memory.kvTokens * memory.kvBytesPerToken - (one.kvTokens ?? 0) * memory.kvBytesPerToken;
    return { ...one, other };
  });
  const logits = 4 * costs.model.shapes.vocabSize;
  const off = rows.filter(({ slots }) => slots === 0);
  const [many, few] = [
    off.filter((row) => row.maxNumSeqs >= MANY_SEQUENCES),
    off.filter((row) => row.maxNumSeqs < MANY_SEQUENCES),
  ];
  const on = rows.filter(({ slots }) => slots > 0);
  const { logitCopies, outsideBytes } =
    line(many.map(({ maxNumSeqs, other }) => ({ x: logits * maxNumSeqs, y: other }))) ?? costs.memory;
  const promptBytes = middle(few.map(({ other }) => other - outsideBytes)) ?? costs.memory.promptBytes;
  const peak = (row: { maxNumSeqs: number }) => outsideBytes + logitCopies * logits * row.maxNumSeqs;
  const samplerLoraBytes =
    middle(on.filter((row) => row.maxNumSeqs >= MANY_SEQUENCES).map((row) => row.other - peak(row))) ??
    costs.memory.samplerLoraBytes;
  const promptLoraBytes =
    middle(
      on.filter((row) => row.maxNumSeqs < MANY_SEQUENCES).map(({ other }) => other - outsideBytes - promptBytes),
    ) ?? costs.memory.promptLoraBytes;
  return { ...costs.memory, outsideBytes, promptBytes, promptLoraBytes, logitCopies, samplerLoraBytes };
}

const middle = (values: readonly number[]): number | null => (values.length === 0 ? null : Math.max(0, median(values)));

/** The straight line through points; null when two different ones are lacking. */
function line(points: readonly { x: number; y: number }[]): { logitCopies: number; outsideBytes: number } | null {
  const mean = (of: (point: { x: number; y: number }) => number) =>
    points.reduce((sum, one) => sum + of(one), 0) / points.length;
  const [meanX, meanY] = [mean(({ x }) => x), mean(({ y }) => y)];
  const spread = mean(({ x }) => (x - meanX) ** 2);
  if (!(spread > 0)) return null;
  const logitCopies = mean(({ x, y }) => (x - meanX) * (y - meanY)) / spread;
  return { logitCopies, outsideBytes: meanY - logitCopies * meanX };
}
