import { access } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { MEASURED_COSTS, type NodeCosts } from "#lib/planner/cost/coefficients.ts";
import { projectRoot } from "#lib/platform/project-root.ts";
import type { Measured } from "../judge.ts";
import type { JobOptions } from "../run-bench.ts";
import { fitMemory, fitStep, swapsAtMeasuredSteps } from "./fit.ts";
import { forecastRun } from "./forecast-run.ts";
import { readRuns, readStartUps, type ServedRun, type StartUp } from "./read-runs.ts";
import {
  type ForecastRun,
  type ForecastStart,
  forecastStart,
  type Score,
  type SlotVerdict,
  scoreRuns,
  scoreSlots,
  scoreStarts,
} from "./score-forecasts.ts";
import { wilson } from "./scores.ts";

const DATA = ["..", "shared", "data", "lora-runs"];
const METRICS = [
  "kv_tokens_mape",
  "start_verdicts_wrong",
  "starved_macro_f1",
  "starved_macro_f1_3_to_20k",
  "throughput_mape",
  "ttft_below_1_s_accuracy",
  "slots_within_5_percent",
  "slots_that_miss_ttft",
];

type Data = { runs: ServedRun[]; starts: StartUp[]; swapsPerStep: ReadonlyMap<string, number> };
type Log = JobOptions["log"];

/**
 * Job `planner`: forecasts of a node beside runs of real vLLM on a real GPU. Each run is forecast by coefficients fitted
 * without its mix of rates, each start-up without its count of slots. With files of runs of one's own, the shipped
 * coefficients are scored on them instead.
 */
export async function runPlanner({ log, files, fit }: JobOptions): Promise<Measured[]> {
  const folder = join(projectRoot(), ...DATA);
  const paths = { runs: files.runs ?? join(folder, "runs.csv"), kv: files.kv ?? join(folder, "kv.csv") };
  const isOwn = files.runs !== null || files.kv !== null;
  const absent = await firstAbsent([paths.runs, paths.kv]);
  if (absent !== null && isOwn) throw new Error(`${absent} is not here: give --runs and --kv files that exist`);
  if (absent !== null) return skipped(`${absent} is not here; bring the measured runs, or give --runs and --kv`);
  const read = knownOnly(await readRuns(paths.runs), await readStartUps(paths.kv), log);
  if (isOwn && !fit) return report("shipped coefficients", await forecastRuns(read, () => shippedOf, log), log);
  const data = { ...read, swapsPerStep: await countSwaps(read.runs) };
  if (fit) for (const costs of MEASURED_COSTS) log(JSON.stringify(fitted(data, costs), null, 1));
  const held = report("fitted without what is scored", await forecastRuns(data, crossFitted, log), log);
  report("shipped coefficients, fitted on all of it", await forecastRuns(data, () => shippedOf, log), log);
  return held;
}

async function firstAbsent(paths: readonly string[]): Promise<string | null> {
  for (const path of paths) {
    const isHere = await access(path).then(
      () => true,
      () => false,
    );
    if (!isHere) return path;
  }
  return null;
}

const skipped = (reason: string): Measured[] =>
  METRICS.map((metric) => ({ metric, ours: [], peer: { name: "a simple rule", values: null, reason } }));

/** Models without coefficients cannot be forecast; they are named. */
function knownOnly(runs: readonly ServedRun[], starts: readonly StartUp[], log: Log): Data {
  const isKnown = ({ model }: { model: string }) => MEASURED_COSTS.some((costs) => costs.model.name === model);
  const unknown = new Set([...runs, ...starts].filter((one) => !isKnown(one)).map(({ model }) => model));
  if (unknown.size > 0) log(`not scored, as no coefficients are known: ${[...unknown].join(", ")}`);
  return { runs: runs.filter(isKnown), starts: starts.filter(isKnown), swapsPerStep: new Map() };
}

async function countSwaps(runs: readonly ServedRun[]): Promise<Map<string, number>> {
  const swaps = new Map<string, number>();
  for (const run of runs.filter(({ outcome }) => outcome === "served")) {
    swaps.set(run.id, swapsAtMeasuredSteps(run, shippedOf(run.model)));
    await nextTurn(); // signals come through
  }
  return swaps;
}

function shippedOf(model: string): NodeCosts {
  const costs = MEASURED_COSTS.find((one) => one.model.name === model);
  if (costs === undefined) throw new Error(`no coefficients of ${model}`);
  return costs;
}

function fitted({ runs, starts, swapsPerStep }: Data, costs: NodeCosts): Pick<NodeCosts, "memory" | "step"> {
  const isOf = ({ model }: { model: string }) => model === costs.model.name;
  return { memory: fitMemory(starts.filter(isOf), costs), step: fitStep(runs.filter(isOf), swapsPerStep, costs.step) };
}

/** What a forecast is about: a mix of rates, or a count of slots (of sequences, where LoRA is off). */
type Part = { mix: string } | { startsLike: string };
type CostsFor = (part: Part, data: Data) => (model: string) => NodeCosts;

const kindOf = ({ slots, maxNumSeqs }: StartUp): string => (slots > 0 ? `slots ${slots}` : `sequences ${maxNumSeqs}`);

/** Coefficients that have not seen the part. Runs never teach memory, nor start-ups steps. */
const crossFitted: CostsFor = (part, data) => {
  const rest: Data = {
    ...data,
    runs: "mix" in part ? data.runs.filter(({ mix }) => mix !== part.mix) : data.runs,
    starts: "mix" in part ? data.starts : data.starts.filter((start) => kindOf(start) !== part.startsLike),
  };
  const known = new Map<string, NodeCosts>();
  return (model) => {
    const costs = known.get(model) ?? { ...shippedOf(model), ...fitted(rest, shippedOf(model)) };
    known.set(model, costs);
    return costs;
  };
};

async function forecastRuns(
  data: Data,
  costsFor: CostsFor,
  log: Log,
): Promise<{ forecasts: ForecastRun[]; starts: ForecastStart[] }> {
  const kinds = new Set(data.starts.map(kindOf));
  const starts = [...kinds].flatMap((startsLike) => {
    const costsOf = costsFor({ startsLike }, data);
    return data.starts.filter((one) => kindOf(one) === startsLike).map((one) => forecastStart(one, costsOf(one.model)));
  });
  const forecasts: ForecastRun[] = [];
  for (const mix of new Set(data.runs.map((run) => run.mix))) {
    const costsOf = costsFor({ mix }, data);
    const runs = data.runs.filter((run) => run.mix === mix);
    for (const run of runs) {
      forecasts.push({ run, forecast: forecastRun(run, costsOf(run.model)) });
      await nextTurn(); // signals come through
    }
    log(`mix ${mix}: ${runs.length} runs`);
  }
  return { forecasts, starts };
}

/** Logs each model's scores, and which runs and loads are wrong. @returns those of all together */
function report(
  name: string,
  { forecasts, starts }: { forecasts: ForecastRun[]; starts: ForecastStart[] },
  log: Log,
): Measured[] {
  for (const model of new Set(forecasts.map(({ run }) => run.model))) {
    const { scores } = scoresOf(
      forecasts.filter(({ run }) => run.model === model),
      starts.filter(({ start }) => start.model === model),
    );
    log(`${model}, ${name}:`);
    for (const score of scores) log(`  ${sentence(score)}`);
  }
  const { scores, verdicts } = scoresOf(forecasts, starts);
  log(`all, ${name}:`);
  for (const score of scores) log(`  ${sentence(score)}`);
  for (const one of forecasts)
    if (one.run.outcome === "served" && one.run.starved !== one.forecast.starved) log(`  ${wrongStarved(one)}`);
  for (const verdict of verdicts) if (!verdict.isNearBest || verdict.missesPrompt) log(`  ${wrongSlots(verdict)}`);
  return scores
    .filter(({ n }) => n > 0)
    .map(({ metric, ours, rule }) => ({
      ...{ metric, ours: [ours] },
      ...(Number.isNaN(rule) ? {} : { peer: { name: "a simple rule", values: [rule] } }),
    }));
}

function scoresOf(
  forecasts: readonly ForecastRun[],
  starts: readonly ForecastStart[],
): { scores: Score[]; verdicts: SlotVerdict[] } {
  const slots = scoreSlots(forecasts);
  return {
    scores: [...scoreStarts(starts, forecasts), ...scoreRuns(forecasts), ...slots.scores],
    verdicts: slots.verdicts,
  };
}

function sentence({ metric, ours, rule, n }: Score): string {
  const shown = (value: number) => Number(value.toPrecision(4));
  const { from, to } = wilson(ours * n, n);
  const interval = metric === "slots_within_5_percent" ? ` [${shown(from)} to ${shown(to)}]` : "";
  return `${metric}: ${shown(ours)}${interval} of ${n}; a simple rule ${Number.isNaN(rule) ? "none" : shown(rule)}`;
}

function wrongStarved({ run, forecast }: ForecastRun): string {
  const share = (tokensPerS: number) => (tokensPerS / run.offeredTokensPerS).toFixed(3);
  const load = `${run.model} ${run.mix} rank ${run.rank}, ${run.adapters} adapters, ${run.slots} slots`;
  return `starved wrong: ${load}: served ${share(run.tokensPerS)} of the nominal load, forecast ${share(forecast.tokensPerS)}`;
}

function wrongSlots({ group, chosen, missesPrompt }: SlotVerdict): string {
  const [first] = group;
  const rows = group
    .filter(({ run }) => run.outcome === "served")
    .map(({ run }) => `${run.slots}: ${Math.round(run.tokensPerS)} tok/s, TTFT ${run.ttftS.toFixed(1)} s`);
  const why = missesPrompt ? "TTFT" : "throughput";
  return `${why} missed: ${first?.run.model} ${first?.run.mix} rank ${first?.run.rank}, ${first?.run.adapters} adapters: chose ${chosen?.run.slots ?? "none"} of ${rows.join("; ")}`;
}
