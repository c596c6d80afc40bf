import type { CodeIn, CodeOf } from "./finding-codes.ts";

/** PEFT settings that vLLM either refuses or, worse, ignores (vllm.md §5), with the reason and the way out. */
export type RefusedSetting = {
  key: string;
  code: CodeIn<"config"> & CodeOf<"error">;
  isSet: (value: unknown) => boolean;
  why: string;
  fix: string;
};

const isTrue = (value: unknown): boolean => value === true;
const isGiven = (value: unknown): boolean => value !== undefined && value !== null && value !== false;
const isFilled = (value: unknown): boolean =>
  typeof value === "object" && value !== null && Object.keys(value).length > 0;

const VARIANT =
  "It changes how the adapter is applied, and vLLM applies plain LoRA only: answers would be silently wrong.";
const PLAIN = "Train a plain LoRA, without this setting.";

export const REFUSED_SETTINGS: readonly RefusedSetting[] = [
  { key: "use_dora", code: "dora", isSet: isTrue, why: "vLLM refuses DoRA adapters.", fix: PLAIN },
  { key: "use_qalora", code: "lora_variant", isSet: isTrue, why: VARIANT, fix: PLAIN },
  { key: "use_bdlora", code: "lora_variant", isSet: isGiven, why: VARIANT, fix: PLAIN },
  { key: "alora_invocation_tokens", code: "lora_variant", isSet: isGiven, why: VARIANT, fix: PLAIN },
  { key: "arrow_config", code: "lora_variant", isSet: isGiven, why: VARIANT, fix: PLAIN },
  { key: "kasa_config", code: "lora_variant", isSet: isGiven, why: VARIANT, fix: PLAIN },
  { key: "monteclora_config", code: "lora_variant", isSet: isGiven, why: VARIANT, fix: PLAIN },
  { key: "velora_config", code: "lora_variant", isSet: isGiven, why: VARIANT, fix: PLAIN },
  { key: "megatron_config", code: "lora_variant", isSet: isGiven, why: VARIANT, fix: PLAIN },
  {
    key: "layer_replication",
    code: "layer_replication",
    isSet: isGiven,
    why: "It serves a base with other layers than the pool's.",
    fix: PLAIN,
  },
  {
    key: "rank_pattern",
    code: "rank_pattern",
    isSet: isFilled,
    why: "It gives modules ranks of their own. Older vLLM ignores it and scales every module by r; a pool has one rank.",
    fix: "Train all modules with one rank.",
  },
  {
    key: "alpha_pattern",
    code: "alpha_pattern",
    isSet: isFilled,
    why: "It gives modules an alpha of their own. Older vLLM ignores it and scales every module by lora_alpha.",
    fix: "Train all modules with one alpha.",
  },
  {
    key: "modules_to_save",
    code: "modules_to_save",
    isSet: isFilled,
    why: "It replaces whole modules of the base, which a shared base cannot have; vLLM refuses it.",
    fix: "Train without modules_to_save; LoRA can target embed_tokens and lm_head instead.",
  },
  {
    key: "trainable_token_indices",
    code: "trainable_tokens",
    isSet: isGiven,
    why: "It replaces rows of the base's embeddings; vLLM refuses its tensors.",
    fix: "Train without new or changed tokens.",
  },
  {
    key: "target_parameters",
    code: "target_parameters",
    isSet: isFilled,
    why: "It adapts raw parameters instead of modules, which vLLM does not load.",
    fix: "Use target_modules.",
  },
  {
    key: "bias",
    code: "bias_trained",
    isSet: (value) => isGiven(value) && value !== "none",
    why: "vLLM refuses adapters that train biases.",
    fix: 'Train with bias="none".',
  },
  {
    key: "lora_bias",
    code: "lora_bias",
    isSet: isTrue,
    why: "vLLM has no biases in its adapters.",
    fix: "Train with lora_bias=False.",
  },
  {
    key: "fan_in_fan_out",
    code: "fan_in_fan_out",
    isSet: isTrue,
    why: "The weights are stored transposed, and vLLM would not turn them.",
    fix: "Export with fan_in_fan_out=False.",
  },
  {
    key: "auto_map",
    code: "auto_map",
    isSet: isGiven,
    why: "It names Python code to run when the model is loaded.",
    fix: "Remove auto_map; an adapter needs no code.",
  },
];

/** Ways to start a LoRA that also rewrite the base weights; PEFT sets the key back to true when it converts them. */
export const changedBase = (init: unknown): boolean =>
  typeof init === "string" && /^(pissa|olora|corda|loftq|lora_ga)/i.test(init);
