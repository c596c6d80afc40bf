import { readBaseShapes } from "#lib/platform/safetensors/base-shapes.ts";

/** The shapes of Llama 3 8B, for figures that are known of it (vllm.md §4.6). */
export const LLAMA_8B = readBaseShapes({
  architectures: ["LlamaForCausalLM"],
  hidden_size: 4096,
  intermediate_size: 14_336,
  num_hidden_layers: 32,
  num_attention_heads: 32,
  num_key_value_heads: 8,
  vocab_size: 128_256,
});
