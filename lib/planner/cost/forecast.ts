import type { NodeCosts } from "./coefficients.ts";
import { type AdapterGroup, adaptersOf, checkLoad, type EngineSettings, offeredTokensPerS } from "./node-load.ts";
import { type NodeMemory, nodeMemory } from "./node-memory.ts";
import { simulateNode } from "./simulate-node.ts";

export type Forecast = {
  slots: number;
  memory: NodeMemory;
  /** Prompt and reply tokens a second. */
  offeredTokensPerS: number;
  /** Of those, what is served; 0 where the engine does not start. */
  tokensPerS: number;
  /** Less than nine tenths of the offered tokens are served. */
  starved: boolean;
  /** Mean time to the first token, in seconds; infinite where nothing is served. */
  ttftS: number;
  /** Mean time between a reply's tokens, in milliseconds. */
  stepMs: number;
  /** Requests and adapters in the batch, on average. */
  batch: number;
  distinct: number;
  /** Adapters have to share slots, and all slots are in use nearly always: a little more load makes customers wait. */
  slotsFull: boolean;
  waiting: number;
  swapsPerS: number;
  preemptionsPerS: number;
};

export type ForecastOptions = {
  /** How long the load lasts: a queue that grows makes for a longer TTFT the longer it does. */
  seconds?: number;
  /** Requests that clients keep open at most. */
  mostOpen?: number;
  seed?: number;
};

/** vLLM's servers of the measured runs were given up to so many connections: a client's ports. */
const MOST_OPEN = 28_000;
const STARVED_BELOW = 0.9;
const FULL_FROM = 0.9;

/**
 * What a node makes of a load: whether it starts, what it serves, how fast. Arrivals are Poisson and lengths spread about
 * their means; the same input gives the same forecast.
 * @throws AppError `invalid` that names each field out of range
 */
export function forecastNode(
  groups: readonly AdapterGroup[],
  settings: EngineSettings,
  costs: NodeCosts,
  { seconds = 3600, mostOpen = MOST_OPEN, seed = 1 }: ForecastOptions = {},
): Forecast {
  checkLoad(groups, settings);
  const memory = nodeMemory(costs.model, costs.gpu.memoryBytes, settings, costs.memory);
  const offered = offeredTokensPerS(groups);
  const none = { slots: settings.maxLoras, memory, offeredTokensPerS: offered };
  if (!memory.starts || !(offered > 0))
    return {
      ...none,
      ...{ tokensPerS: 0, starved: offered > 0, ttftS: memory.starts ? 0 : Number.POSITIVE_INFINITY, stepMs: 0 },
      ...{ batch: 0, distinct: 0, slotsFull: false, waiting: 0, swapsPerS: 0, preemptionsPerS: 0 },
    };
  const run = simulateNode({ groups, settings, kvTokens: memory.kvTokens, step: costs.step, seconds, mostOpen, seed });
  // the share of what came, so that a run with few arrivals does not look slow
  const came = run.keptBack > 0 || run.arrivedTokens === 0 ? offered * run.seconds : run.arrivedTokens;
  const share = Math.min(1, run.finishedTokens / came);
  return {
    ...none,
    ...{ tokensPerS: share * offered, starved: share < STARVED_BELOW },
    ttftS: run.finished > 0 ? run.ttftMeanS : run.arrived > 0 ? Number.POSITIVE_INFINITY : 0,
    ...{ stepMs: run.stepMs, batch: run.batch, distinct: run.distinct, waiting: run.waiting },
    slotsFull: settings.maxLoras < adaptersOf(groups) && run.distinct > FULL_FROM * settings.maxLoras,
    ...{ swapsPerS: run.swaps / run.seconds, preemptionsPerS: run.preemptions / run.seconds },
  };
}
