import type { EngineLimits } from "#lib/fleet/schema.ts";
import type { Pool } from "#lib/pools/schema.ts";

export type LimitKey = keyof EngineLimits;

/** The limits in the order in which the screens name them. */
export const LIMIT_LABELS: Record<LimitKey, string> = {
  maxLoras: "GPU slots",
  maxCpuLoras: "CPU cache",
  maxLoraRank: "Rank",
  maxModelLen: "Sequence limit",
  gpuMemoryUtilization: "GPU memory utilisation",
};
export const LIMIT_KEYS = Object.keys(LIMIT_LABELS) as LimitKey[];

export const limitsOf = (pool: Pool): EngineLimits =>
  ({
    maxLoras: pool.maxLoras,
    maxCpuLoras: pool.maxCpuLoras,
    maxLoraRank: pool.maxLoraRank,
    maxModelLen: pool.maxModelLen,
    gpuMemoryUtilization: pool.gpuMemoryUtilization,
  }) as EngineLimits;

export type LimitChange = { key: LimitKey; label: string; before: number; after: number };

/** What differs between two sets of limits, in the screens' order. */
export const limitChanges = (before: EngineLimits, after: EngineLimits): LimitChange[] =>
  LIMIT_KEYS.filter((key) => before[key] !== after[key]).map((key) => ({
    key,
    label: LIMIT_LABELS[key],
    before: before[key],
    after: after[key],
  }));

/**
 * GPU memory of all slots of one node with other limits, in bytes: vLLM allocates every slot at the pool's rank, so that
 * it grows with both. @returns null when the base's shapes are unknown
 */
export const slotMemoryWith = (
  pool: Pick<Pool, "slotBytes" | "maxLoraRank">,
  limits: Pick<EngineLimits, "maxLoras" | "maxLoraRank">,
): number | null =>
  pool.slotBytes === null ? null : (pool.slotBytes / pool.maxLoraRank) * limits.maxLoraRank * limits.maxLoras;
