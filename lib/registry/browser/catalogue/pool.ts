import type { CodeIn } from "../finding-codes.ts";
import type { CheckText } from "./check-text.ts";

export const POOL_TEXTS = {
  rank_fits: {
    title: "The rank is the pool's",
    proves: "r equals the pool's max_lora_rank.",
    why: "Slots are exactly as large as the adapter needs.",
    fix: null,
  },
  rank_above_pool: {
    title: "The rank is above the pool's",
    proves: "r is larger than the pool's max_lora_rank.",
    why: "Every node of the pool refuses to load it.",
    fix: "Train with the pool's rank, or use a pool of a higher one.",
  },
  rank_above_vllm: {
    title: "The rank fits no pool",
    proves: "r is above 512, the largest max_lora_rank that vLLM takes.",
    why: "No node can hold the adapter.",
    fix: "Train with a lower rank.",
  },
  rank_below_pool: {
    title: "The rank wastes part of a slot",
    proves: "r is smaller than the pool's max_lora_rank.",
    why: "vLLM pads every slot to the pool's rank: rank 8 beside rank 64 leaves 87 % of the slot empty, on every node.",
    fix: "Train with the pool's rank, or use a pool of a lower one.",
  },
  pool_rank_invalid: {
    title: "No node can start with the pool's rank",
    proves: "The pool's max_lora_rank is none of 1, 8, 16, 32, 64, 128, 256, 320, 512.",
    why: "vLLM takes these values and refuses to start with another.",
    fix: "Set the pool's rank to one of them.",
  },
  dtype_cast: {
    title: "The node converts the weights",
    proves: "The tensors are stored in another float format than the pool runs in.",
    why: "vLLM converts them without saying so; float32 to bfloat16 drops two thirds of the digits.",
    fix: "Export in the pool's dtype to see in evaluation what will be served.",
  },
  sequence_limit_below_pool: {
    title: "Trained for shorter prompts than the pool takes",
    proves: "The folder's tokenizer stops at fewer tokens than the pool's max_model_len.",
    why: "vLLM applies the pool's limit to every adapter: longer prompts are untried.",
    fix: "Train with the pool's length, or keep prompts shorter.",
  },
} as const satisfies Record<CodeIn<"pool">, CheckText>;
