import { type BaseShapes, LAYER_MODULES, modulesOf, moduleWidths } from "#lib/platform/safetensors/base-shapes.ts";
import type { PoolDtype } from "./schema.ts";

/** Of one element in the dtype that vLLM runs a base and its LoRA slots in. */
export const dtypeBytes = (dtype: PoolDtype): number => (dtype === "float32" ? 4 : 2);

/**
 * GPU memory of one adapter slot in bytes: vLLM allocates `max_lora_rank × Σ modules (in + out) × dtype bytes` for every
 * slot at start, whatever the adapters' own ranks (vllm.md §4.6). For one GPU without tensor parallelism.
 * @returns null when the base's shapes are unknown
 */
export function slotBytes(pool: {
  baseShapes: BaseShapes | null;
  maxLoraRank: number;
  dtype: PoolDtype;
}): number | null {
  const { baseShapes } = pool;
  if (baseShapes === null) return null;
  const elements = modulesOf(baseShapes.architecture).reduce((sum, module) => {
    const { input, output } = moduleWidths(baseShapes, module);
    return sum + (input + output) * (module in LAYER_MODULES ? baseShapes.layers : 1);
  }, 0);
  return pool.maxLoraRank * elements * dtypeBytes(pool.dtype);
}
