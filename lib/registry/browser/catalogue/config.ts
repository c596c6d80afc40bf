import type { CodeIn } from "../finding-codes.ts";
import type { CheckText } from "./check-text.ts";

const AGAIN = "Export the adapter again with PEFT's save_pretrained.";
const PLAIN = "Train a plain LoRA, without this setting.";

export const CONFIG_TEXTS = {
  config_valid: {
    title: "The adapter config is one vLLM can serve",
    proves: "adapter_config.json has all keys vLLM needs, and no setting that it refuses or ignores.",
    why: "vLLM reads r, lora_alpha, target_modules and a few switches; most other keys it passes over in silence.",
    fix: null,
  },
  config_not_json: {
    title: "The adapter config is not a JSON object",
    proves: "adapter_config.json is not valid JSON in UTF-8, or not an object.",
    why: "Without it nothing is known: neither rank nor scaling nor base model.",
    fix: AGAIN,
  },
  config_duplicate_key: {
    title: "A key appears twice in the adapter config",
    proves: "One object in adapter_config.json gives a key more than once.",
    why: "Most readers keep the last value, some the first. What we check and what a node reads could differ.",
    fix: "Keep the value the adapter was trained with, and remove the other.",
  },
  config_field: {
    title: "A setting has the wrong type",
    proves: "An optional key of adapter_config.json holds something other than PEFT writes there.",
    why: "The file was edited manually or made by another tool, and its meaning is unknown.",
    fix: AGAIN,
  },
  peft_type_unsupported: {
    title: "Not a LoRA adapter",
    proves: "peft_type is not LORA.",
    why: "vLLM does not read peft_type at all: it would take the tensors of another method for a LoRA.",
    fix: "Export a LoRA adapter; vLLM serves no other method of PEFT.",
  },
  rank_invalid: {
    title: "The rank is missing or wrong",
    proves: "r is not a whole number from 1 to 4096.",
    why: "vLLM scales every module by lora_alpha / r as the config gives it.",
    fix: "Write the rank the adapter was trained with.",
  },
  alpha_invalid: {
    title: "The alpha is missing or wrong",
    proves: "lora_alpha is not a positive number.",
    why: "Scaling comes from the config alone. A wrong alpha makes the adapter too weak or too strong, without an error.",
    fix: "Write the alpha the adapter was trained with.",
  },
  target_modules_invalid: {
    title: "The target modules are missing",
    proves: "target_modules is neither text nor a list of names.",
    why: "vLLM refuses a config without it, although it goes by the tensors.",
    fix: "List the modules the adapter was trained on.",
  },
  dora: {
    title: "DoRA is not served",
    proves: "use_dora is set.",
    why: "vLLM applies plain LoRA only, and refuses DoRA.",
    fix: PLAIN,
  },
  rank_pattern: {
    title: "Modules with ranks of their own",
    proves:
      "rank_pattern is set, and the pool's nodes are not all known to honour it; or it holds no ranks, or a pattern too complex to check.",
    why: "vLLM up to 0.28 ignores it and scales these modules by the wrong rank, in silence; 0.32 honours it.",
    fix: "Run vLLM 0.32 or newer on every node of the pool, or train all modules with one rank.",
  },
  alpha_pattern: {
    title: "Modules with an alpha of their own",
    proves:
      "alpha_pattern is set, and the pool's nodes are not all known to honour it; or it holds no alphas, or a pattern too complex to check.",
    why: "vLLM up to 0.28 ignores it and scales these modules by lora_alpha, in silence; 0.32 honours it.",
    fix: "Run vLLM 0.32 or newer on every node of the pool, or train all modules with one alpha.",
  },
  module_patterns: {
    title: "Some modules have a rank or an alpha of their own",
    proves: "rank_pattern or alpha_pattern is set, and every node of the pool runs a release that honours it.",
    why: "The tensors are compared with the rank of their module, and the slot must hold the highest. A node of an older release that joins later would scale them wrongly.",
    fix: null,
  },
  modules_to_save: {
    title: "Whole modules were trained",
    proves: "modules_to_save is not empty.",
    why: "It replaces modules of the base, which all tenants of a pool share. vLLM refuses it for text generation.",
    fix: "Train without it. On Llama and Qwen 3, LoRA can target embed_tokens and lm_head instead.",
  },
  bias_trained: {
    title: "Biases were trained",
    proves: "bias is not none.",
    why: "vLLM applies the LoRA matrices only, and refuses adapters that train biases.",
    fix: 'Train with bias="none".',
  },
  lora_bias: {
    title: "The LoRA matrices have biases",
    proves: "lora_bias is set.",
    why: "vLLM has no biases in its adapters: they would be left out.",
    fix: "Train with lora_bias=False.",
  },
  auto_map: {
    title: "The folder names code to run",
    proves: "adapter_config.json, config.json or tokenizer_config.json holds auto_map.",
    why: "auto_map makes a loader run Python from the folder; it led to remote code execution in vLLM below 0.14 (CVE-2026-22807).",
    fix: "Remove auto_map; an adapter needs no code.",
  },
  layer_replication: {
    title: "The adapter is for a base with repeated layers",
    proves: "layer_replication is set.",
    why: "It was trained on a model whose layers are copied; on the pool's base every layer number means another layer.",
    fix: PLAIN,
  },
  trainable_tokens: {
    title: "Single tokens were trained",
    proves: "trainable_token_indices is set.",
    why: "It replaces rows of the base's embeddings; vLLM refuses the tensors that hold them.",
    fix: "Train without new or changed tokens.",
  },
  target_parameters: {
    title: "Raw parameters were adapted",
    proves: "target_parameters is not empty.",
    why: "It adapts fused expert parameters instead of modules, in a layout vLLM reads only under a flag that it never checks against the file.",
    fix: "Use target_modules.",
  },
  base_changed: {
    title: "The adapter belongs to a changed base",
    proves: "init_lora_weights names a start that also rewrites the base: PiSSA, OLoRA, CorDA, LoftQ or LoRA-GA.",
    why: "Part of the base moved into the adapter. On the pool's untouched base it answers wrongly.",
    fix: "Save it with path_initial_model_for_weight_conversion, which turns it into a plain LoRA.",
  },
  init_unknown: {
    title: "The adapter's initialisation is unknown",
    proves: "init_lora_weights is a word that neither PEFT nor vLLM has for a start that leaves the base as it is.",
    why: "Some starts move part of the base into the adapter. vLLM refuses every word it does not know.",
    fix: "If it is a plain LoRA of the pool's base, set init_lora_weights to true.",
  },
  lora_variant: {
    title: "A variant of LoRA that changes the arithmetic",
    proves: "A setting such as use_qalora, use_bdlora, alora_invocation_tokens or kasa_config is set.",
    why: "vLLM applies plain LoRA only. Most of these keys it does not read, so answers would be wrong without an error.",
    fix: PLAIN,
  },
  layers_to_transform: {
    title: "The config chooses other layers than the file holds",
    proves: "layers_to_transform or layers_pattern does not agree with the tensors, or with the base's layers.",
    why: "vLLM reads neither key; it applies whatever tensors are there, and ignores layers the base does not have.",
    fix: "Check that config and weights are from one export, on the pool's base.",
  },
  task_type_unusual: {
    title: "Trained for another task",
    proves: "task_type is not CAUSAL_LM.",
    why: "A pool generates text. vLLM does not read the key, so an adapter for classification would load.",
    fix: "Check that the adapter was trained for CAUSAL_LM.",
  },
  config_unknown_keys: {
    title: "Settings that are not known",
    proves: "adapter_config.json holds keys that PEFT 0.21 does not write.",
    why: "vLLM passes over unknown keys. If one changes how the adapter works, its answers differ from training.",
    fix: "Ask the author of the export what they do; if nothing, remove them.",
  },
} as const satisfies Record<CodeIn<"config">, CheckText>;
