import { writeSeededAdapter } from "#lib/platform/safetensors/seeded-adapter.ts";
import { type AdapterFiles, each, renamed, withFields, withTensors } from "../change-adapter.ts";
import { resized, seededTensor } from "./matrices.ts";
import { accepted, type Row, refused, type Sound } from "./row.ts";

const PREFIX = "base_model.model.";
const inLayer =
  (layer: number) =>
  ({ name }: { name: string }) =>
    name.includes(`.layers.${layer}.`);

/** An adapter that was really made for a base with other numbers in its config.json. */
const forOther = ({ baseName, baseConfig }: Sound, key: string, times: number): AdapterFiles =>
  writeSeededAdapter({
    seed: `silent/${key}/${times}`,
    baseModel: baseName,
    baseConfig: { ...baseConfig, [key]: Number(baseConfig[key]) * times },
    rank: 16,
    alpha: 32,
  }).files;

const vocabularyOf = ({ baseConfig }: Sound) => Number(baseConfig.vocab_size);

/** Rank 16 on the output head, as PEFT writes it. */
const head = (vocabulary: number) => [
  seededTensor(`${PREFIX}lm_head.lora_A.weight`, [16, 64], 0.2),
  seededTensor(`${PREFIX}lm_head.lora_B.weight`, [vocabulary, 16], 0.2),
];
const embedding = (vocabulary: number) => [
  seededTensor(`${PREFIX}model.embed_tokens.lora_embedding_A`, [16, vocabulary], 0.2),
  seededTensor(`${PREFIX}model.embed_tokens.lora_embedding_B`, [64, 16], 0.2),
];
const LAYER_MODULES = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"];
const withHeads = (files: AdapterFiles, tensors: ReturnType<typeof head>, ...modules: string[]) =>
  withFields(
    withTensors(files, (all) => [...all, ...tensors]),
    { target_modules: [...LAYER_MODULES, ...modules] },
  );

export const BASE_ROWS: readonly Row[] = [
  {
    id: "other-base-same-shapes",
    group: "base",
    what: "The config names another variant of the base model; every shape is the same",
    files: ({ billing }) => withFields(billing, { base_model_name_or_path: "switchyard/tiny-llama-instruct" }),
    expects: accepted("as trained"),
    madeFrom: "billing",
    isSound: false,
    because: "These are the right weights under a wrong name, which shows that the name is not looked at.",
  },
  {
    id: "other-revision",
    group: "base",
    what: "The config names another revision of the base model",
    files: ({ billing }) => withFields(billing, { revision: "older" }),
    expects: accepted("as trained"),
    madeFrom: "billing",
    isSound: false,
    because: "As above, for the revision.",
  },
  {
    id: "smaller-hidden-size",
    group: "base",
    what: "Made for a base half as wide",
    files: (sound) => forOther(sound, "hidden_size", 0.5),
    expects: accepted("otherwise"),
    madeFrom: null,
    isSound: false,
  },
  {
    id: "larger-hidden-size",
    group: "base",
    what: "Made for a base twice as wide",
    files: (sound) => forOther(sound, "hidden_size", 2),
    expects: refused("must match"),
    madeFrom: null,
    isSound: false,
  },
  {
    id: "smaller-mlp",
    group: "base",
    what: "Made for a base with half the intermediate size",
    files: (sound) => forOther(sound, "intermediate_size", 0.5),
    expects: accepted("otherwise"),
    madeFrom: null,
    isSound: false,
  },
  {
    id: "more-layers",
    group: "base",
    what: "Made for a base with twice as many layers",
    files: (sound) => forOther(sound, "num_hidden_layers", 2),
    expects: accepted("otherwise"),
    madeFrom: null,
    isSound: false,
  },
  {
    id: "fewer-layers",
    group: "base",
    what: "Made for a base with half as many layers",
    files: (sound) => forOther(sound, "num_hidden_layers", 0.5),
    expects: accepted("otherwise"),
    madeFrom: null,
    isSound: false,
  },
  {
    id: "more-kv-heads",
    group: "base",
    what: "Made for a base with twice as many key and value heads",
    files: (sound) => forOther(sound, "num_key_value_heads", 2),
    expects: refused("must match"),
    madeFrom: null,
    isSound: false,
  },
  {
    id: "smaller-vocabulary",
    group: "base",
    what: "With a lora_B of lm_head for a vocabulary of 600 instead of 640",
    files: ({ billing }) => withHeads(billing, head(600), "lm_head"),
    expects: accepted("otherwise"),
    madeFrom: "billing",
    isSound: false,
  },
  {
    id: "larger-vocabulary",
    group: "base",
    what: "With a LoRA of embed_tokens for 8 tokens more than the base has",
    files: (sound) => withHeads(sound.billing, embedding(vocabularyOf(sound) + 8), "embed_tokens"),
    expects: refused("must be consistent with the base model's vocabulary size"),
    madeFrom: "billing",
    isSound: false,
  },
];

export const NAME_ROWS: readonly Row[] = [
  {
    id: "other-prefix",
    group: "names",
    what: "Every module under model.language_model.layers, as multimodal models have it",
    files: ({ billing }) => withTensors(billing, renamed("model.model.layers", "model.model.language_model.layers")),
    expects: accepted("as the base"),
    madeFrom: "billing",
    isSound: false,
  },
  {
    id: "missing-prefix",
    group: "names",
    what: "Every module under layers instead of model.layers",
    files: ({ billing }) => withTensors(billing, renamed("model.model.layers", "model.layers")),
    expects: accepted("as the base"),
    madeFrom: "billing",
    isSound: false,
  },
  {
    id: "other-prefix-partly",
    group: "names",
    what: "One of two layers under another prefix",
    files: ({ billing }) =>
      withTensors(
        billing,
        each(inLayer(1), (tensor) => ({ ...tensor, name: tensor.name.replace(".layers.", ".decoder.layers.") })),
      ),
    expects: accepted("otherwise"),
    madeFrom: "billing",
    isSound: false,
  },
  {
    id: "other-block",
    group: "names",
    what: "q_proj under attention instead of self_attn",
    files: ({ billing }) => withTensors(billing, renamed("self_attn.q_proj", "attention.q_proj")),
    expects: accepted("otherwise"),
    madeFrom: "billing",
    isSound: false,
  },
  {
    id: "unknown-module",
    group: "names",
    what: "A module that the base does not have (c_attn)",
    files: ({ billing }) => withTensors(billing, renamed("q_proj", "c_attn")),
    expects: refused("target modules in"),
    madeFrom: "billing",
    isSound: false,
  },
  {
    id: "adapter-name-in-keys",
    group: "names",
    what: "Saved with the adapter's name in every key (lora_A.default.weight)",
    files: ({ billing }) => withTensors(billing, renamed(/lora_([AB])\.weight/, "lora_$1.default.weight")),
    expects: refused("unsupported LoRA weight"),
    madeFrom: "billing",
    isSound: false,
  },
];

export const SOUND_ROWS: readonly Row[] = [
  {
    id: "unknown-name",
    group: "sound",
    what: "The config names the quantised copy that the trainer loaded",
    files: ({ billing }) => withFields(billing, { base_model_name_or_path: "unsloth/tiny-llama-bnb-4bit" }),
    expects: accepted("as trained"),
    madeFrom: "billing",
    isSound: true,
  },
  {
    id: "no-name",
    group: "sound",
    what: "The config names no base model",
    files: ({ billing }) => withFields(billing, { base_model_name_or_path: null }),
    expects: accepted("as trained"),
    madeFrom: "billing",
    isSound: true,
  },
  {
    id: "doubled-prefix",
    group: "sound",
    what: "Saved by a PEFT model that was wrapped again: base_model.model. twice in every name",
    files: ({ billing }) => withTensors(billing, renamed(PREFIX, PREFIX.repeat(2))),
    expects: accepted("as trained"),
    madeFrom: "billing",
    isSound: true,
  },
  {
    id: "sound",
    group: "sound",
    what: "As PEFT saved it",
    files: ({ billing }) => billing,
    expects: accepted("as trained"),
    madeFrom: "billing",
    isSound: true,
  },
  {
    id: "sound-with-tokenizer",
    group: "sound",
    what: "As a trainer left it, with the base's tokenizer files",
    files: ({ support }) => support,
    expects: accepted("as trained"),
    madeFrom: "support",
    isSound: true,
  },
  {
    id: "some-modules",
    group: "sound",
    what: "q_proj and v_proj only, and the config says so",
    files: ({ billing }) =>
      withFields(
        withTensors(billing, (tensors) => tensors.filter(({ name }) => /[qv]_proj/.test(name))),
        { target_modules: ["q_proj", "v_proj"] },
      ),
    expects: accepted("otherwise"),
    madeFrom: "billing",
    isSound: true,
  },
  {
    id: "some-layers",
    group: "sound",
    what: "The first layer only, and layers_to_transform says so",
    files: ({ billing }) =>
      withFields(
        withTensors(billing, (tensors) => tensors.filter(inLayer(0))),
        { layers_to_transform: [0] },
      ),
    expects: accepted("otherwise"),
    madeFrom: "billing",
    isSound: true,
  },
  {
    id: "excluded-modules",
    group: "sound",
    what: "Without the second layer's v_proj, and exclude_modules says so",
    files: ({ billing }) =>
      withFields(
        withTensors(billing, (tensors) => tensors.filter(({ name }) => !name.includes(".layers.1.self_attn.v_proj"))),
        { exclude_modules: ["model.layers.1.self_attn.v_proj"] },
      ),
    expects: accepted("otherwise"),
    madeFrom: "billing",
    isSound: true,
  },
  {
    id: "list-for-many-bases",
    group: "sound",
    what: "target_modules also names modules that other bases have",
    files: ({ billing }) => withFields(billing, { target_modules: [...LAYER_MODULES, "c_attn", "query_key_value"] }),
    expects: accepted("as trained"),
    madeFrom: "billing",
    isSound: true,
  },
  {
    id: "embedding-and-head",
    group: "sound",
    what: "With embed_tokens and lm_head",
    files: (sound) =>
      withHeads(
        sound.billing,
        [...embedding(vocabularyOf(sound)), ...head(vocabularyOf(sound))],
        "embed_tokens",
        "lm_head",
      ),
    expects: accepted("otherwise"),
    madeFrom: "billing",
    isSound: true,
  },
  {
    id: "lower-rank",
    group: "sound",
    what: "Rank 8, half of the pool's",
    files: ({ billing }) =>
      withFields(
        withTensors(
          billing,
          each(
            () => true,
            resized((rows, columns) => (rows === 16 ? [8, columns] : [rows, 8])),
          ),
        ),
        { r: 8, lora_alpha: 16 },
      ),
    expects: accepted("otherwise"),
    madeFrom: "billing",
    isSound: true,
  },
];
