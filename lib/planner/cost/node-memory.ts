import { type BaseShapes, LAYER_MODULES, LORA_MODULES, moduleWidths } from "#lib/platform/safetensors/base-shapes.ts";
import type { PoolDtype } from "#lib/pools/schema.ts";
import { dtypeBytes, slotBytes } from "#lib/pools/slot-bytes.ts";
import { checkSettings, type EngineSettings } from "./node-load.ts";

/** What vLLM takes of a GPU beside weights, slots and keys and values, in bytes. Fitted: see `coefficients.ts`. */
export type MemoryCoefficients = {
  /** Outside of PyTorch: the driver's context, NCCL, the CUDA libraries. */
  outsideBytes: number;
  /** Activations of a step full of prompt tokens. */
  promptBytes: number;
  /** The same, of LoRA's kernels. */
  promptLoraBytes: number;
  /** Copies of the logits (float32, a row a sequence) that the sampler holds at its peak. */
  logitCopies: number;
  /** Of LoRA, when the sampler is at its peak. */
  samplerLoraBytes: number;
  /** Of each slot, whatever its rank: the tables of extra vocabulary of engines before 0.10. */
  slotExtraBytes: number;
};

export type NodeMemory = {
  weightsBytes: number;
  /** Of one slot. */
  slotBytes: number;
  slotsBytes: number;
  /** Activations at their peak, and what is not PyTorch's. */
  otherBytes: number;
  kvBytesPerToken: number;
  /** Tokens that the KV cache holds; 0 when nothing is left for it. */
  kvTokens: number;
  /** vLLM refuses to start when one request of full length does not fit. */
  starts: boolean;
  /** Why it does not start; null where it does. */
  reason: string | null;
};

/** Tokens of a KV block: vLLM's default on CUDA. */
const BLOCK_TOKENS = 16;

/**
 * How vLLM divides the GPU's memory at start: the allowed share, less weights, slots and the peak of activations that its
 * profile run sees (`determine_available_memory` in `v1/worker/gpu_worker.py`), is keys and values. One GPU, no tensor
 * parallelism.
 * @throws AppError `invalid` on settings or memory out of range
 */
export function nodeMemory(
  model: { shapes: BaseShapes; dtype: PoolDtype },
  gpuBytes: number,
  settings: EngineSettings,
  of: MemoryCoefficients,
): NodeMemory {
  checkSettings(settings);
  const { maxLoras, maxLoraRank, maxNumSeqs, maxModelLen } = settings;
  const hasLora = maxLoras > 0;
  const perSlot = (slotBytes({ baseShapes: model.shapes, maxLoraRank, dtype: model.dtype }) ?? 0) + of.slotExtraBytes;
  const weightsBytes = baseWeightsBytes(model);
  const slotsBytes = maxLoras * perSlot;
  const prompt = of.promptBytes + (hasLora ? of.promptLoraBytes : 0);
  const sampler = of.logitCopies * 4 * model.shapes.vocabSize * maxNumSeqs + (hasLora ? of.samplerLoraBytes : 0);
  const otherBytes = of.outsideBytes + Math.max(prompt, sampler);
  const kvBytesPerToken = kvBytesOf(model);
  const left = gpuBytes * settings.gpuMemoryUtilization - weightsBytes - slotsBytes - otherBytes;
  const kvTokens = BLOCK_TOKENS * Math.max(0, Math.floor(left / kvBytesPerToken / BLOCK_TOKENS));
  const reason = whyNot(kvTokens, maxModelLen);
  return {
    ...{ weightsBytes, slotBytes: perSlot, slotsBytes, otherBytes },
    ...{ kvBytesPerToken, kvTokens, starts: reason === null, reason },
  };
}

function whyNot(kvTokens: number, maxModelLen: number): string | null {
  if (kvTokens === 0) return "nothing is left for keys and values";
  if (kvTokens >= maxModelLen) return null;
  return `keys and values of ${kvTokens} tokens fit, fewer than one request of max_model_len ${maxModelLen}`;
}

/** Linear modules and embeddings; norms and biases are a thousandth of it. */
export function baseWeightsBytes({ shapes, dtype }: { shapes: BaseShapes; dtype: PoolDtype }): number {
  const elements = LORA_MODULES.reduce((sum, module) => {
    if (module === "lm_head" && shapes.tiedEmbeddings) return sum;
    const { input, output } = moduleWidths(shapes, module);
    return sum + input * output * (module in LAYER_MODULES ? shapes.layers : 1);
  }, 0);
  return elements * dtypeBytes(dtype);
}

/** Keys and values of one token over all layers, in bytes. */
export const kvBytesOf = ({ shapes, dtype }: { shapes: BaseShapes; dtype: PoolDtype }): number =>
  2 * shapes.layers * shapes.kvHeads * shapes.headDim * dtypeBytes(dtype);
