import type { NodeCosts } from "./coefficients.ts";
import { type Forecast, type ForecastOptions, forecastNode } from "./forecast.ts";
import { type AdapterGroup, adaptersOf, type EngineSettings } from "./node-load.ts";

/** What people set: finer steps change less than a forecast's error. */
const STEPS = [1, 2, 4, 8, 16, 32, 64, 96, 128, 160, 192, 256, 320, 384, 512];
/** A mean TTFT that customers call prompt. */
const PROMPT_S = 1;
/** Forecasts of throughput that differ by less are alike. */
const ALIKE = 0.01;

/**
 * The setting to take: of those that start, one with a mean TTFT below 1 s where there is any, with slots to spare where
 * there is any, and of these the best throughput; among alike ones the shortest TTFT.
 * @returns null when none starts
 */
export function bestForecast<T extends Pick<Forecast, "tokensPerS" | "ttftS" | "slotsFull"> & { starts: boolean }>(
  forecasts: readonly T[],
): T | null {
  const starting = forecasts.filter(({ starts }) => starts);
  const prompt = starting.filter(({ ttftS }) => ttftS < PROMPT_S);
  const roomy = prompt.filter(({ slotsFull }) => !slotsFull);
  const allowed = [roomy, prompt, starting].find((some) => some.length > 0) ?? [];
  const most = Math.max(...allowed.map(({ tokensPerS }) => tokensPerS));
  const alike = allowed.filter(({ tokensPerS }) => tokensPerS >= most * (1 - ALIKE));
  return alike.reduce<T | null>((best, one) => (best === null || one.ttftS < best.ttftS ? one : best), null);
}

/**
 * The best `max_loras` for a load on a node, and the forecast of every step that was weighed: more slots mean fewer swaps,
 * less room for keys and values, and longer steps.
 * @throws AppError `invalid` that names each field out of range
 */
export function recommendSlots(
  groups: readonly AdapterGroup[],
  settings: Omit<EngineSettings, "maxLoras">,
  costs: NodeCosts,
  options?: ForecastOptions,
): { best: Forecast | null; forecasts: Forecast[] } {
  const adapters = adaptersOf(groups);
  const enough = STEPS.find((step) => step >= adapters) ?? STEPS.at(-1) ?? 1;
  const forecasts = STEPS.filter((step) => step <= enough).map((maxLoras) =>
    forecastNode(groups, { ...settings, maxLoras }, costs, options),
  );
  const best = bestForecast(forecasts.map((one) => ({ ...one, starts: one.memory.starts })));
  return { best: forecasts.find(({ slots }) => slots === best?.slots) ?? null, forecasts };
}
