import { encodeSafetensors } from "#lib/platform/safetensors/encode.ts";
import { renamed } from "#lib/vllm/contract/change-adapter.ts";
import { seededTensor } from "#lib/vllm/contract/silent/matrices.ts";
import {
  added,
  addedPad,
  beside,
  both,
  embeddingTensors,
  filled,
  has,
  headTensors,
  keep,
  LINEAR,
  not,
  ofBase,
  onlyKeys,
  PREFIX,
  ranked,
  set,
  stored,
  swappedVocabulary,
  type Twin,
  tensors,
  weightsAs,
  withTokenizer,
  zeroed,
} from "./peft-steps.ts";

const Q0 = "model.layers.0.self_attn.q_proj";
const LEFTOVERS = ["optimizer.pt", "scheduler.pt", "rng_state.pth", "training_args.bin", "trainer_state.json"];
const named = (name: string | null) => set({ base_model_name_or_path: name });

const SOUND: Readonly<Record<string, Twin>> = {
  plain: set({}),
  "all-linear": set({}), // PEFT writes the list
  regex: both({ target_modules: ".*self_attn\\.(q|v)_proj" }, keep(has("q_proj", "v_proj"))),
  "q-and-v": both({ target_modules: ["q_proj", "v_proj"] }, keep(has("q_proj", "v_proj"))),
  "mlp-only": both({ target_modules: ["gate_proj", "up_proj", "down_proj"] }, keep(has(".mlp."))),
  "o-only": both({ target_modules: ["o_proj"] }, keep(has("o_proj"))),
  "rank-8": both({ r: 8 }, ranked(8)),
  "rank-1": both({ r: 1 }, ranked(1)),
  "alpha-fraction": set({ lora_alpha: 12.5 }),
  rslora: set({ use_rslora: true, lora_alpha: 8 }),
  "one-layer": both({ layers_to_transform: [1] }, keep(has(".layers.1."))),
  "layers-pattern": both({ layers_to_transform: [0], layers_pattern: "layers" }, keep(has(".layers.0."))),
  excluded: both({ exclude_modules: ".*layers\\.1.*v_proj" }, keep(not(has(".layers.1.self_attn.v_proj")))),
  "whole-paths": both(
    { target_modules: [Q0, "model.layers.1.mlp.down_proj"] },
    keep(has(Q0, "layers.1.mlp.down_proj")),
  ),
  "rank-pattern": both({ rank_pattern: { q_proj: 8 } }, ranked(8, "q_proj")),
  "rank-pattern-path": both(
    { rank_pattern: { "model\\.layers\\.0\\.self_attn\\.[qk]_proj": 4 } },
    ranked(4, "layers.0.self_attn.q_proj", "layers.0.self_attn.k_proj"),
  ),
  "rank-pattern-up": both(
    { r: 8, rank_pattern: { down_proj: 16 } },
    ranked(8, ...LINEAR.filter((module) => module !== "down_proj")),
  ),
  "alpha-pattern": set({ alpha_pattern: { v_proj: 64 } }),
  "both-patterns": both(
    {
      ...{ rank_pattern: { o_proj: 4, "mlp.up_proj": 8 }, alpha_pattern: { "layers.1.+": 8 } },
      ...{ use_rslora: true, lora_alpha: 8 },
    },
    ranked(4, "o_proj"),
    ranked(8, "mlp.up_proj"),
  ),
  "embedding-and-head": both(
    { target_modules: [...LINEAR, "embed_tokens", "lm_head"] },
    embeddingTensors(640),
    headTensors,
  ),
  "head-only": both({ target_modules: ["lm_head"] }, () => [], headTensors),
  "pissa-converted": tensors(stored("F32")),
  "olora-converted": tensors(stored("F32")),
  gaussian: set({ init_lora_weights: "gaussian" }),
  orthogonal: set({ init_lora_weights: "orthogonal" }),
  float16: tensors(stored("F16")),
  float32: tensors(stored("F32")),
  "mixed-dtypes": tensors(stored("F32", "self_attn")),
  "doubled-prefix": tensors(renamed(PREFIX, PREFIX.repeat(2))),
  "no-prefix": tensors(renamed(PREFIX, "")),
  "trainer-folder": (sound) =>
    beside({
      "config.json": JSON.stringify(sound.baseConfig),
      ...Object.fromEntries(LEFTOVERS.flatMap((file) => [file, `checkpoint-10/${file}`]).map((file) => [file, "x"])),
      ...{ "rng_state_0.pth": "x", "runs/events.out.tfevents.1": "x", "checkpoint-10/adapter_config.json": "{}" },
    })(sound),
  "tokenizer-beside": ({ support }) => support,
  "pad-token-added": withTokenizer(addedPad),
  "template-rewritten": withTokenizer({
    template: (text) =>
      `{#- as the base's -#}\n${text.replace("{%- for message in rest %}", "{%- for message in rest -%}")}`,
  }),
  "quantised-copy": named("unsloth/tiny-llama-bnb-4bit"),
  "trainers-path": named("/workspace/outputs/base-model"),
  "slash-at-end": named("switchyard/tiny-llama/"),
  "no-name": named(null),
  "empty-name": named(""),
  "fan-in-fan-out": set({ fan_in_fan_out: true }),
  "future-keys": set({ new_method: null, new_scale: 1.0 }),
  "old-config": onlyKeys(
    ...["base_model_name_or_path", "lora_alpha", "peft_type", "r", "target_modules", "task_type", "bias"],
  ),
  "empty-lists": set({
    ...{ modules_to_save: [], layer_replication: [], trainable_token_indices: [], alora_invocation_tokens: [] },
  }),
  "for-many-bases": set({ target_modules: [...LINEAR, "c_attn"] }),
};

const UNSOUND: Readonly<Record<string, Twin>> = {
  dora: both({ use_dora: true }, added([`${Q0}.lora_magnitude_vector`, [64]])),
  "modules-to-save": both({ modules_to_save: ["lm_head"] }, added(["lm_head.weight", [640, 64]])),
  "token-rows": both(
    { trainable_token_indices: [600, 601] },
    added(["model.embed_tokens.token_adapter.trainable_tokens_delta", [2, 64]]),
  ),
  "bias-all": both({ bias: "all" }, added([`${Q0}.bias`, [64]])),
  "bias-lora-only": both({ bias: "lora_only" }, added([`${Q0}.bias`, [64]])),
  "bias-null": set({ bias: null }),
  "lora-bias": both({ lora_bias: true }, added([`${Q0}.lora_B.bias`, [64]])),
  pissa: set({ init_lora_weights: "pissa" }),
  "pissa-fast": set({ init_lora_weights: "pissa_niter_4" }),
  olora: set({ init_lora_weights: "olora" }),
  "unknown-start": set({ init_lora_weights: "later" }),
  "replicated-layers": both({ layer_replication: Array(2).fill([0, 2]) }, (all) => [
    ...all,
    ...renamed(".layers.1.", ".layers.3.")(all.filter(has(".layers.1."))),
  ]),
  activated: set({ alora_invocation_tokens: [5, 6] }),
  "block-diagonal": set({ use_bdlora: { nblocks: 2 } }),
  "rank-32": both({ r: 32 }, ranked(32)),
  "rank-pattern-32": both(
    { r: 8, rank_pattern: { v_proj: 32 } },
    ranked(8, ...LINEAR.filter((module) => module !== "v_proj")),
    ranked(32, "v_proj"),
  ),
  "rank-pattern-lost": tensors(ranked(8, "q_proj")),
  "rank-pattern-text": set({ rank_pattern: { q_proj: "16" } }),
  "r-changed": set({ r: 8 }),
  "other-prefix": tensors(renamed("model.model.layers", "model.model.language_model.layers")),
  "short-prefix": tensors(renamed("model.model.layers", "model.layers")),
  "name-in-keys": tensors(renamed(".weight", ".default.weight")),
  "both-prefixes": tensors((all) => [...renamed(PREFIX, PREFIX.repeat(2))(all), ...all]),
  "only-a": tensors(keep(has("lora_A"))),
  "b-lost": tensors(keep(not(has(`${Q0}.lora_B`)))),
  "layer-lost": tensors(keep(not(has(".layers.1.")))),
  "module-lost": tensors(keep(not(has("v_proj")))),
  untrained: tensors(zeroed),
  "other-base": named("switchyard/tiny-llama-instruct"),
  "narrower-base": ofBase({ hidden_size: 32, head_dim: 32, num_attention_heads: 1 }),
  "wider-base": ofBase({ hidden_size: 128 }),
  "smaller-mlp": ofBase({ intermediate_size: 64 }),
  "deeper-base": ofBase({ num_hidden_layers: 4 }),
  "shallower-base": ofBase({ num_hidden_layers: 1 }),
  "new-tokens": both({ target_modules: [...LINEAR, "embed_tokens"] }, embeddingTensors(648)),
  "other-tokenizer": withTokenizer(swappedVocabulary),
  "other-template": withTokenizer({
    template: (text) => text.replace("assistant<|end_header_id|>", "helper<|end_header_id|>"),
  }),
  "pad-token-used": withTokenizer({
    ...addedPad,
    template: (text) => text.replace("{{- bos_token }}", "{{- bos_token + pad_token }}"),
  }),
  loha: set({ peft_type: "LOHA", lora_alpha: undefined }),
  lokr: set({ peft_type: "LOKR", lora_alpha: undefined }),
  ia3: set({ peft_type: "IA3", r: undefined, lora_alpha: undefined }),
  vera: set({ peft_type: "VERA", lora_alpha: undefined }),
  "cut-off": weightsAs((weights) => ({ "adapter_model.safetensors": weights.subarray(0, -1000) })),
  "in-parts": weightsAs(() =>
    Object.fromEntries(
      [1, 2].map((part) => [
        `adapter_model-0000${part}-of-00002.safetensors`,
        encodeSafetensors([seededTensor(`${PREFIX}${Q0}.lora_A.weight`, [16, 64], 0.2)]),
      ]),
    ),
  ),
  "pickle-inside": weightsAs(() => ({ "adapter_model.safetensors": new TextEncoder().encode("PK\u0003\u0004") })),
  infinite: tensors(filled(`${Q0}.lora_A`, Number.POSITIVE_INFINITY)),
  "not-a-number": tensors(filled("layers.0.mlp.up_proj.lora_B", Number.NaN)),
};

/** Every folder of `e2e/fixtures/peft_folders.py` by its id, in its order: what is sound, then what is not. */
export const PEFT_TWINS: Readonly<Record<"sound" | "unsound", Readonly<Record<string, Twin>>>> = {
  sound: SOUND,
  unsound: UNSOUND,
};
