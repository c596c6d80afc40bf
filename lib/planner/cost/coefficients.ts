import type { BaseShapes } from "#lib/platform/safetensors/base-shapes.ts";
import type { PoolDtype } from "#lib/pools/schema.ts";
import type { MemoryCoefficients } from "./node-memory.ts";
import type { StepCoefficients } from "./step-time.ts";

export type Gpu = {
  name: string;
  memoryBytes: number;
  /** Published, of its memory. */
  gigabytesPerS: number;
  /** Published, dense bf16. */
  teraflops: number;
};

/** What forecasts of a base model on a GPU go by. */
export type NodeCosts = {
  gpu: Gpu;
  model: { name: string; shapes: BaseShapes; dtype: PoolDtype };
  memory: MemoryCoefficients;
  step: StepCoefficients;
  /** Where the figures come from. */
  source: string;
  /** Of forecasts on rate mixes left out of the fit, as shares; null = not measured. */
  error: { throughput: number; kvTokens: number } | null;
  /** Scaled from another GPU or model, not measured. */
  extrapolated: boolean;
};

const GIB = 1024 ** 3;
const SOURCE =
  "vLLM 0.8.5 (V1), hour-long runs of arXiv 2508.08343 (github.com/FerranAgulloLopez/GPULLMAdapterOptimization, bae36e2d)";

/** 63.43 GiB by its out-of-memory messages; its name is not in the files. Bandwidth and FLOPs are those of an H100 of 64 GB. */
const RUNS_GPU: Gpu = {
  name: "64 GB card of the measured runs (taken as H100 64 GB)",
  memoryBytes: 63.43 * GIB,
  gigabytesPerS: 2_020,
  teraflops: 989,
};

const LLAMA_SHAPES: BaseShapes = {
  ...{ architecture: "LlamaForCausalLM", hiddenSize: 4096, intermediateSize: 14_336, layers: 32 },
  ...{ heads: 32, kvHeads: 8, headDim: 128, vocabSize: 128_256, tiedEmbeddings: false },
};
const QWEN_SHAPES: BaseShapes = {
  ...{ architecture: "Qwen2ForCausalLM", hiddenSize: 3584, intermediateSize: 18_944, layers: 28 },
  ...{ heads: 28, kvHeads: 4, headDim: 128, vocabSize: 152_064, tiedEmbeddings: false },
};

/**
 * Fitted by `npm run bench -- planner --fit`, which prints `memory` and `step` anew. Measured one by one, and not fitted:
 * `promptTokenMs` (steps of 2,048 prompt tokens without LoRA, `overhead.csv`) and `slotExtraBytes` (vLLM 0.8.5's three
 * tables of 256 extra words where embeddings are wrapped).
 */
export const MEASURED_COSTS: readonly NodeCosts[] = [
  {
    gpu: RUNS_GPU,
    model: { name: "llama-3.1-8b-instruct", shapes: LLAMA_SHAPES, dtype: "bfloat16" },
    memory: {
      ...{ outsideBytes: 820_405_862, promptBytes: 521_771_418, promptLoraBytes: 671_088_640, logitCopies: 3.583 },
      ...{ samplerLoraBytes: 246_893_511, slotExtraBytes: 3 * 256 * 4096 * 2 },
    },
    step: {
      ...{
        baseMs: 13.1033,
        requestMs: 0.089553,
        distinctMs: 0.31189,
        slotRankMs: 0.0023601,
        requestSlotMs: 0.000070805,
      },
      ...{ requestDistinctMs: 0.00045062, waitingMs: 0.00049337, promptTokenMs: 0.0203, swapMs: 50.423 },
    },
    source: SOURCE,
    error: { throughput: 0.027, kvTokens: 0.003 },
    extrapolated: false,
  },
  {
    gpu: RUNS_GPU,
    model: { name: "qwen-2.5-7b-instruct", shapes: QWEN_SHAPES, dtype: "bfloat16" },
    memory: {
      ...{ outsideBytes: 890_439_713, promptBytes: 564_262_879, promptLoraBytes: 783_089_664, logitCopies: 3.5238 },
      ...{ samplerLoraBytes: 491_904_067, slotExtraBytes: 0 },
    },
    step: {
      ...{
        baseMs: 12.6007,
        requestMs: 0.089524,
        distinctMs: 0.26776,
        slotRankMs: 0.0018931,
        requestSlotMs: 0.00027308,
      },
      ...{ requestDistinctMs: 0.00032999, waitingMs: 0.00049461, promptTokenMs: 0.0203, swapMs: 34.312 },
    },
    source: SOURCE,
    error: { throughput: 0.032, kvTokens: 0.008 },
    extrapolated: false,
  },
];
