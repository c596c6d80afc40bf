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
/** Given and not empty: vLLM reads an empty list or table as none. */
const isGiven = (value: unknown): boolean =>
  typeof value === "object" && value !== null
    ? Object.keys(value).length > 0
    : value !== undefined && value !== null && value !== false;

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
    key: "modules_to_save",
    code: "modules_to_save",
    isSet: isGiven,
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
    isSet: isGiven,
    why: "It adapts raw parameters instead of modules, which vLLM does not load.",
    fix: "Use target_modules.",
  },
  {
    key: "bias",
    code: "bias_trained",
    // also null, which vLLM takes for a bias; an absent key is "none"
    isSet: (value) => value !== undefined && value !== "none",
    why: 'vLLM refuses every value but "none", null as well.',
    fix: 'Train with bias="none". If no bias was trained, write "none".',
  },
  {
    key: "lora_bias",
    code: "lora_bias",
    isSet: isTrue,
    why: "vLLM has no biases in its adapters.",
    fix: "Train with lora_bias=False.",
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

/** Ways that only set the first weights of the adapter; a release of vLLM refuses every other word. */
export const isKnownStart = (init: unknown): boolean =>
  typeof init !== "string" || ["gaussian", "eva", "orthogonal", "mica"].includes(init.toLowerCase());
