import type { NodeRollup, RollupData, RollupStep } from "#lib/metrics/rollup.ts";

/** From vllm/v1/metrics/loggers.py: time to first token, time between tokens, whole requests. */
const BOUNDS: readonly (readonly number[])[] = [
  [0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80, 160, 640, 2560],
  [0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80],
  [0.3, 0.5, 0.8, 1, 1.5, 2, 2.5, 5, 10, 15, 20, 30, 40, 50, 60, 120, 240, 480, 960, 1920, 7680],
];
const [TTFT = [], INTER_TOKEN = [], E2E = []] = BOUNDS;
const MINUTE = 60;

/** Between 0 and 1, the same for the same place in the day. */
const noise = (seed: number): number => {
  const value = Math.sin(seed * 12.9898) * 43_758.5453;
  return value - Math.floor(value);
};

/** Requests by bucket, as a long tail around a middle; most buckets stay empty, as on a real node. */
function spread(le: readonly number[], middle: number, requests: number, seed: number) {
  const counts = [...le, Number.POSITIVE_INFINITY].map((bound, index) => {
    const distance = Math.log2((Number.isFinite(bound) ? bound : (le.at(-1) ?? 1) * 2) / middle);
    return Math.round(requests * 0.4 * Math.exp(-distance * distance) * (0.8 + 0.4 * noise(seed + index)));
  });
  return { le, counts };
}

/** One node over one step: a load that swells and ebbs by the hour, and differs from node to node. */
export const rowOf = (nodeId: string, node: number, start: number, step: RollupStep): NodeRollup => ({
  ...{ nodeId, stepSeconds: step, at: new Date(start * 1000), scrapes: step / 10, simulated: true },
  data: loadOf(node, start, step),
});

/** Half of the nodes count their evictions and swaps; those of the others are derived. */
export const hasPlugin = (node: number): boolean => node % 2 === 0;

const cacheCounters = (requests: number, seed: number) => ({
  "evictions.gpu": Math.round(requests * 0.02 * noise(seed)),
  "evictions.cpu": 0,
  "swaps.gpu": requests,
  "swaps.cpu": Math.round(requests * 0.05),
  "swaps.disk": 0,
});

/** What is added on a node in some seconds. */
export function loadOf(node: number, start: number, step: number): RollupData {
  const seed = start / step + node * 131;
  const swell = 0.6 + 0.4 * Math.sin(start / 7200 + node);
  const requests = Math.round((step / MINUTE) * 30 * swell);
  const count = step / 10;
  const gauge = (peak: number) => {
    const mean = peak * swell;
    return { max: Math.ceil(peak), total: Math.round(mean * count), samples: count };
  };
  return {
    seconds: step,
    counters: {
      requests,
      promptTokens: requests * 310,
      generationTokens: requests * 190,
      ...(hasPlugin(node) ? cacheCounters(requests, seed) : {}),
    },
    gauges: {
      running: gauge(8),
      waiting: gauge(3),
      deferred: gauge(1),
      adaptersInUse: gauge(9),
      kvCacheUsage: { ...gauge(1), total: 0.43 * count },
    },
    histograms: {
      e2eSeconds: spread(E2E, 1.2 + 0.5 * noise(seed), requests, seed),
      ttftSeconds: spread(TTFT, 0.12, requests, seed + 3),
      interTokenSeconds: spread(INTER_TOKEN, 0.02, requests * 190, seed + 5),
      queueSeconds: spread(E2E, 0.3, requests, seed + 7),
      batchAdapters: spread([1, 2, 3, 4, 6, 8, 12, 16, 24, 32], 5, requests * 40, seed + 11),
    },
  };
}
