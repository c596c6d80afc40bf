import { cpuPlacesFor } from "#lib/pools/browser/cpu-places.ts";
import type { Pool } from "#lib/pools/schema.ts";

/** Whether every adapter of the pool, and a fifth more, has a place in the CPU cache: below that, swaps come from disk. */
export const cacheFit = (
  pool: Pick<Pool, "adapterCount" | "maxLoras" | "maxCpuLoras">,
): { isEnough: boolean; wanted: number } => {
  const wanted = cpuPlacesFor(pool.adapterCount, pool.maxLoras);
  return { isEnough: pool.maxCpuLoras >= wanted, wanted };
};
