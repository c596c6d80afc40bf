import {
  type BaseShapes,
  LAYER_MODULES,
  type LoraModule,
  modulesOf,
  moduleWidths,
} from "#lib/platform/safetensors/base-shapes.ts";
import { LORA_RANKS, type PoolDtype } from "./schema.ts";
import { dtypeBytes } from "./slot-bytes.ts";

/**
 * Bytes of an adapter's own weights in vLLM's dtype: `rank × Σ its modules (in + out) × dtype bytes`. vLLM casts to the
 * base's dtype, so this is what it weighs in memory, not on disk.
 * @param targetModules last elements of module paths @returns null when base or one of the modules is unknown
 */
export function adapterBytes(adapter: {
  baseShapes: BaseShapes | null;
  dtype: PoolDtype;
  rank: number;
  targetModules: readonly string[];
}): number | null {
  const { baseShapes, dtype, rank, targetModules } = adapter;
  if (baseShapes === null || targetModules.length === 0) return null;
  const known = modulesOf(baseShapes.architecture);
  const modules = new Set(targetModules.map((name) => name.slice(name.lastIndexOf(".") + 1)));
  let elements = 0;
  for (const name of modules) {
    if (!known.includes(name as LoraModule)) return null;
    const { input, output } = moduleWidths(baseShapes, name as LoraModule);
    elements += (input + output) * (name in LAYER_MODULES ? baseShapes.layers : 1);
  }
  return rank * elements * dtypeBytes(dtype);
}

/** The next rank that vLLM would take; null = there is none. */
export const nextRank = (rank: number): number | null => LORA_RANKS.find((each) => each > rank) ?? null;
