import type { NodeCosts } from "#lib/planner/cost/coefficients.ts";
import type { Forecast } from "#lib/planner/cost/forecast.ts";
import { nodeMemory } from "#lib/planner/cost/node-memory.ts";
import { bestForecast } from "#lib/planner/cost/recommend-slots.ts";
import { settingsOf } from "./forecast-run.ts";
import type { ServedRun, StartUp } from "./read-runs.ts";
import { accuracyOf, macroF1, mapeOf } from "./scores.ts";
import { isPromptByRule, kvTokensByRule, slotsByRule, starvedByRule, throughputByRule } from "./simple-rules.ts";

export type ForecastRun = { run: ServedRun; forecast: Forecast };
export type ForecastStart = { start: StartUp; kvTokens: number; starts: boolean };

/** One metric: ours, a simple rule's, and of how many. NaN where there is nothing to score. */
export type Score = { metric: string; ours: number; rule: number; n: number };

/** Below this the KV cache is too small to serve anybody, and a percentage says little. */
const KV_TOKENS_FROM = 100_000;
const PROMPT_S = 1;
const WITHIN = 0.95;
/** Offered tokens a second between which it is not plain who starves. */
const [UNCLEAR_FROM, UNCLEAR_TO] = [3_000, 20_000];

export function forecastStart(start: StartUp, costs: NodeCosts): ForecastStart {
  const settings = settingsOf(start, start.maxModelLen);
  const { kvTokens, starts } = nodeMemory(costs.model, costs.gpu.memoryBytes, settings, costs.memory);
  return { start, kvTokens, starts };
}

/** What start-ups say: tokens of the KV cache, and verdicts on starting, those of the runs included. */
export function scoreStarts(starts: readonly ForecastStart[], forecasts: readonly ForecastRun[]): Score[] {
  const sized = starts.filter(({ start }) => (start.kvTokens ?? 0) >= KV_TOKENS_FROM);
  const wrong = starts.filter(({ start, starts }) => start.starts !== starts).length;
  const wrongRuns = forecasts.filter(
    ({ run, forecast }) => (run.outcome === "served") !== forecast.memory.starts,
  ).length;
  const all = starts.map(({ start }) => start);
  const kv = (tokens: (one: ForecastStart) => number) =>
    mapeOf(sized.map((one) => ({ forecast: tokens(one), measured: one.start.kvTokens ?? Number.NaN })));
  return [
    {
      metric: "kv_tokens_mape",
      ours: kv(({ kvTokens }) => kvTokens),
      rule: kv(({ start }) =>
        kvTokensByRule(
          all.filter(({ model }) => model === start.model),
          start,
        ),
      ),
      n: sized.length,
    },
    { metric: "start_verdicts_wrong", ours: wrong + wrongRuns, rule: Number.NaN, n: starts.length + forecasts.length },
  ];
}

/** What runs say: starvation, throughput, TTFT. Runs that do not start have none of these. */
export function scoreRuns(forecasts: readonly ForecastRun[]): Score[] {
  const served = forecasts.filter(({ run }) => run.outcome === "served");
  const unclear = served.filter(
    ({ run }) => run.offeredTokensPerS >= UNCLEAR_FROM && run.offeredTokensPerS <= UNCLEAR_TO,
  );
  const starved = (some: readonly ForecastRun[], by: (one: ForecastRun) => boolean) =>
    macroF1(some.map((one) => ({ forecast: by(one), measured: one.run.starved })));
  const ours = ({ forecast }: ForecastRun) => forecast.starved;
  const rule = ({ run }: ForecastRun) => starvedByRule(run);
  const throughput = (by: (one: ForecastRun) => number) =>
    mapeOf(served.map((one) => ({ forecast: by(one), measured: one.run.tokensPerS })));
  const prompt = (by: (one: ForecastRun) => boolean) =>
    accuracyOf(served.map((one) => ({ forecast: by(one), measured: one.run.ttftS < PROMPT_S })));
  return [
    { metric: "starved_macro_f1", ours: starved(served, ours), rule: starved(served, rule), n: served.length },
    {
      metric: "starved_macro_f1_3_to_20k",
      ...{ ours: starved(unclear, ours), rule: starved(unclear, rule), n: unclear.length },
    },
    {
      metric: "throughput_mape",
      ours: throughput(({ forecast }) => forecast.tokensPerS),
      ...{ rule: throughput(({ run }) => throughputByRule(run)), n: served.length },
    },
    {
      metric: "ttft_below_1_s_accuracy",
      ours: prompt(({ forecast }) => forecast.ttftS < PROMPT_S),
      ...{ rule: prompt(({ run }) => isPromptByRule(run)), n: served.length },
    },
  ];
}

/** Runs of one load that differ in slots alone; those that do not start are in it. */
export function groupsOfLoad(forecasts: readonly ForecastRun[]): ForecastRun[][] {
  const groups = new Map<string, ForecastRun[]>();
  for (const one of forecasts) {
    const { model, mix, rank, adapters } = one.run;
    const key = [model, mix, rank, adapters].join("|");
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()].filter((all) => all.filter(({ run }) => run.outcome === "served").length > 1);
}

export type SlotVerdict = {
  group: ForecastRun[];
  chosen: ForecastRun | null;
  isNearBest: boolean;
  missesPrompt: boolean;
};

/** Of a group, what the slots that `choose` picks came to. */
export function judgeSlots(
  group: ForecastRun[],
  choose: (group: readonly ForecastRun[]) => ForecastRun | null,
): SlotVerdict {
  const chosen = choose(group);
  const served = group.filter(({ run }) => run.outcome === "served");
  const best = Math.max(...served.map(({ run }) => run.tokensPerS));
  const isServed = chosen?.run.outcome === "served";
  const isNearBest = isServed && chosen.run.tokensPerS >= WITHIN * best;
  const missesPrompt = served.some(({ run }) => run.ttftS < PROMPT_S) && !(isServed && chosen.run.ttftS < PROMPT_S);
  return { group, chosen, isNearBest, missesPrompt };
}

/** Recommended slots of each load, beside the count nearest 32. */
export function scoreSlots(forecasts: readonly ForecastRun[]): { scores: Score[]; verdicts: SlotVerdict[] } {
  const groups = groupsOfLoad(forecasts);
  const verdicts = groups.map((group) => judgeSlots(group, recommended));
  const byRule = groups.map((group) =>
    judgeSlots(group, (all) => {
      const run = slotsByRule(all.filter(({ run }) => run.outcome === "served").map(({ run }) => run));
      return all.find((one) => one.run === run) ?? null;
    }),
  );
  const near = (all: readonly SlotVerdict[]) => all.filter(({ isNearBest }) => isNearBest).length / all.length;
  const missed = (all: readonly SlotVerdict[]) => all.filter(({ missesPrompt }) => missesPrompt).length;
  const scores = [
    { metric: "slots_within_5_percent", ours: near(verdicts), rule: near(byRule), n: groups.length },
    { metric: "slots_that_miss_ttft", ours: missed(verdicts), rule: missed(byRule), n: groups.length },
  ];
  return { scores, verdicts };
}

const recommended = (group: readonly ForecastRun[]): ForecastRun | null =>
  bestForecast(
    group.map((one) => ({
      ...{ one, starts: one.forecast.memory.starts },
      ...{ tokensPerS: one.forecast.tokensPerS, ttftS: one.forecast.ttftS },
      slotsFull: one.forecast.slotsFull,
    })),
  )?.one ?? null;
