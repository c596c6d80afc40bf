import { gpuMemoryBytes } from "#lib/pools/gpu-memory.ts";
import { slotBytes } from "#lib/pools/slot-bytes.ts";
import { baseWeightsBytes, kvBytesOf } from "./cost/node-memory.ts";
import type { NodeFacts, PoolFacts } from "./pool-facts.ts";

type Pool = PoolFacts["pool"];

export type SlotsFit = {
  /** GPU memory that the slots take more than now; null = the base's shapes are unknown. */
  extraBytes: number | null;
  /** null = the GPU's memory or the base's shapes are unknown. */
  fits: boolean | null;
  /** The most slots that leave room for one sequence; null = unknown. */
  most: number | null;
};

/**
 * Whether so many slots fit a node's GPU: base weights, slots and the KV cache of one sequence of full length within the
 * share of the GPU that vLLM may use. What activations take is not known here, so a close fit is none. For one GPU.
 */
export function slotsFit(pool: Pool, node: Pick<NodeFacts, "gpu">, slots: number): SlotsFit {
  const slot = slotBytes(pool);
  if (slot === null || pool.baseShapes === null) return { extraBytes: null, fits: null, most: null };
  const extraBytes = (slots - pool.maxLoras) * slot;
  const memory = gpuMemoryBytes(node.gpu);
  if (memory === null) return { extraBytes, fits: null, most: null };
  const base = { shapes: pool.baseShapes, dtype: pool.dtype };
  const room = memory * pool.gpuMemoryUtilization - baseWeightsBytes(base) - kvBytesOf(base) * pool.maxModelLen;
  const most = Math.max(0, Math.floor(room / slot));
  return { extraBytes, fits: slots <= most, most };
}
