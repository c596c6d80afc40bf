import type { Figure } from "#lib/http/schema.ts";
import type { Pool } from "#lib/pools/schema.ts";
import { proposeCpuCache } from "./propose-limits.ts";

/** GPU memory that vLLM takes for adapters on each node at start: every slot at the pool's rank. @param asOf ISO time */
export const slotMemory = (pool: Pick<Pool, "slotBytes" | "maxLoras">, asOf: string | null): Figure => ({
  value: pool.slotBytes === null ? null : pool.slotBytes * pool.maxLoras,
  unit: "bytes",
  source: "derived",
  simulated: false,
  asOf,
  coverage: null,
});

/** Whether every adapter of the pool, and a fifth more, has a place in the CPU cache: below that, swaps come from disk. */
export const cacheFit = (
  pool: Pick<Pool, "adapterCount" | "maxLoras" | "maxCpuLoras">,
): { isEnough: boolean; wanted: number } => {
  const wanted = proposeCpuCache(pool.adapterCount, pool.maxLoras);
  return { isEnough: pool.maxCpuLoras >= wanted, wanted };
};
