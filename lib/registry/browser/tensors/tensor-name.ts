/** What a tensor of an adapter is, by its name alone (vLLM's own rule, vllm.md §5). */
export type TensorName =
  | { kind: "lora" /** Path of the module in the base model. */; path: string; part: "A" | "B"; embedding: boolean }
  /** A copy of base weights that PEFT adds when embeddings were resized; vLLM skips it. */
  | { kind: "base_layer"; path: string }
  | { kind: "unsupported" }
  /** Characters that no module of any model has in its name. */
  | { kind: "odd" };

/** Names of Python attributes joined by dots. */
const PLAIN = /^[\x21-\x7e]{1,512}$/;
/** PEFT's own prefix; a PEFT model that was wrapped again has it twice, and vLLM takes every one away. */
const PREFIX = /^(?:base_model\.model\.)+/;
const LINEAR = /^(.+)\.lora_([AB])\.weight$/;
const EMBEDDING = /^(.+)\.lora_embedding_([AB])$/;
const BASE_LAYER = /^(.*\b(?:embed_tokens|lm_head))\.base_layer\.weight$/;

/** Splits `[base_model.model.]<module path>.lora_A.weight` and its kin; anything else makes vLLM refuse the adapter. */
export function parseTensorName(name: string): TensorName {
  if (!PLAIN.test(name)) return { kind: "odd" };
  const bare = name.replace(PREFIX, "");
  const base = BASE_LAYER.exec(bare);
  if (base?.[1] !== undefined) return { kind: "base_layer", path: base[1] };
  const linear = LINEAR.exec(bare);
  const found = linear ?? EMBEDDING.exec(bare);
  if (found?.[1] === undefined) return { kind: "unsupported" };
  return { kind: "lora", path: found[1], part: found[2] === "A" ? "A" : "B", embedding: linear === null };
}
