import type { MetricsProfile } from "../engine-profile.ts";

export type LatencyBuckets = {
  ttft: readonly number[];
  interToken: readonly number[];
  /** End to end, and since 0.6.4 queue, prefill, decode and inference. */
  request: readonly number[];
};

const TTFT = [0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10] as const;
const INTER_TOKEN = [0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5] as const;
const REQUEST = [0.3, 0.5, 0.8, 1, 1.5, 2, 2.5, 5, 10, 15, 20, 30, 40, 50, 60] as const;

/** vLLM's default histogram bounds (`vllm/v1/metrics/buckets.py`) in seconds; extended in 0.8.4. */
export function latencyBuckets(release: MetricsProfile["buckets"]): LatencyBuckets {
  switch (release) {
    case "0.6.3":
      return { ttft: TTFT, interToken: INTER_TOKEN, request: [1, 2.5, 5, 10, 15, 20, 30, 40, 50, 60] };
    case "0.6.4":
      return { ttft: TTFT, interToken: INTER_TOKEN, request: REQUEST };
    case "0.8.4":
      return {
        ttft: [...TTFT, 20, 40, 80, 160, 640, 2560],
        interToken: [...INTER_TOKEN, 5, 7.5, 10, 20, 40, 80],
        request: [...REQUEST, 120, 240, 480, 960, 1920, 7680],
      };
  }
}

export const ITERATION_TOKENS_BUCKETS = [1, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384] as const;
export const PARAMS_N_BUCKETS = [1, 2, 5, 10, 20] as const;

/** The plugin's: adapter copies in seconds, distinct adapters of a step. */
export const SWAP_BUCKETS = [0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.25, 0.5, 1, 2.5, 5] as const;
export const BATCH_ADAPTERS_BUCKETS = [0, 1, 2, 4, 8, 12, 16, 24, 32, 64] as const;

/** 1, 2, 5, 10, 20, ... up to `max`. */
export function oneTwoFiveBuckets(max: number): number[] {
  const buckets: number[] = [];
  for (let power = 1; ; power *= 10)
    for (const mantissa of [1, 2, 5]) {
      if (mantissa * power > max) return buckets;
      buckets.push(mantissa * power);
    }
}
