import type { NodeCosts } from "#lib/planner/cost/coefficients.ts";
import { type Forecast, forecastNode } from "#lib/planner/cost/forecast.ts";
import type { EngineSettings } from "#lib/planner/cost/node-load.ts";
import type { ServedRun } from "./read-runs.ts";

/** vLLM's default, and what the runs' batches of up to 970 requests fit. */
const BATCHED_TOKENS = 2_048;
const GPU_SHARE = 0.9;

/** The full length of each model: the runs were started with it. */
const MAX_MODEL_LEN: Readonly<Record<string, number>> = {
  "llama-3.1-8b-instruct": 131_072,
  "qwen-2.5-7b-instruct": 32_768,
};

export const settingsOf = (
  { slots, rank, maxNumSeqs }: { slots: number; rank: number; maxNumSeqs: number },
  maxModelLen: number,
): EngineSettings => ({
  ...{ maxLoras: slots, maxLoraRank: rank, maxNumSeqs, maxModelLen },
  ...{ gpuMemoryUtilization: GPU_SHARE, maxNumBatchedTokens: BATCHED_TOKENS },
});

/** From configuration and rates alone: nothing that came out of the run is looked at. */
export function forecastRun(run: ServedRun, costs: NodeCosts): Forecast {
  const settings = settingsOf(run, MAX_MODEL_LEN[run.model] ?? 32_768);
  return forecastNode(run.groups, settings, costs, { seconds: RUN_SECONDS });
}

/** Each of the runs is an hour of load. */
const RUN_SECONDS = 3_600;
