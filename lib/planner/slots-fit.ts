import { LAYER_MODULES, LORA_MODULES, moduleWidths } from "#lib/platform/safetensors/base-shapes.ts";
import { gpuMemoryBytes } from "#lib/pools/gpu-memory.ts";
import { dtypeBytes, slotBytes } from "#lib/pools/slot-bytes.ts";
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
  const room =
    memory * pool.gpuMemoryUtilization - baseBytes(pool, pool.baseShapes) - sequenceBytes(pool, pool.baseShapes);
  const most = Math.max(0, Math.floor(room / slot));
  return { extraBytes, fits: slots <= most, most };
}

type Shapes = NonNullable<Pool["baseShapes"]>;

/** Weights of the linear modules and embeddings; norms are a thousandth of it. */
function baseBytes({ dtype }: Pool, shapes: Shapes): number {
  const elements = LORA_MODULES.reduce((sum, module) => {
    if (module === "lm_head" && shapes.tiedEmbeddings) return sum;
    const { input, output } = moduleWidths(shapes, module);
    return sum + input * output * (module in LAYER_MODULES ? shapes.layers : 1);
  }, 0);
  return elements * dtypeBytes(dtype);
}

/** Keys and values of one sequence of the pool's limit: vLLM does not start without room for it. */
const sequenceBytes = ({ dtype, maxModelLen }: Pool, { layers, kvHeads, headDim }: Shapes): number =>
  2 * layers * kvHeads * headDim * dtypeBytes(dtype) * maxModelLen;
