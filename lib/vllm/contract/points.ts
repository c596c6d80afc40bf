import type { Point } from "./point.ts";
import { ADAPTER_POINTS } from "./points-adapter.ts";
import { CACHE_POINTS } from "./points-cache.ts";
import { LIFECYCLE_POINTS } from "./points-lifecycle.ts";
import { LOAD_POINTS } from "./points-load.ts";
import { METRICS_POINTS } from "./points-metrics.ts";
import { AUTH_POINTS, ENDPOINT_POINTS, INFERENCE_POINTS } from "./points-open.ts";

/** The whole contract, in the order it is run and printed within one start; ids are unique. */
export const POINTS: readonly Point[] = [
  ...LOAD_POINTS,
  ...ADAPTER_POINTS,
  ...AUTH_POINTS,
  ...ENDPOINT_POINTS,
  ...INFERENCE_POINTS,
  ...METRICS_POINTS,
  ...CACHE_POINTS,
  ...LIFECYCLE_POINTS,
];
