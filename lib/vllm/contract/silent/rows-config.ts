import { each, isB, isOf, withFields, withTensors } from "../change-adapter.ts";
import { mapped, resized } from "./matrices.ts";
import { accepted, type Row, refused } from "./row.ts";

const halfRank = resized((rows, columns) => (rows === 16 ? [8, columns] : [rows, 8]));
const all = () => true;
const MODULES = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"];
const everyModule = (value: number) => Object.fromEntries(MODULES.map((module) => [module, value]));

export const CONFIG_ROWS: readonly Row[] = [
  {
    id: "rank-pattern",
    group: "sound",
    what: "rank_pattern: r is 8, the pattern says 16 for every module, as the tensors are",
    files: ({ billing }) => withFields(billing, { r: 8, rank_pattern: everyModule(16) }),
    expects: accepted("as trained"),
    madeFrom: "billing",
    isSound: true,
  },
  {
    id: "alpha-pattern",
    group: "sound",
    what: "alpha_pattern: q_proj is trained with twice the alpha and half the B",
    files: ({ billing }) =>
      withFields(
        withTensors(
          billing,
          each(
            (tensor) => isB(tensor) && isOf("q_proj")(tensor),
            mapped((value) => value / 2),
          ),
        ),
        { alpha_pattern: { q_proj: 64 } },
      ),
    expects: accepted("as trained"),
    madeFrom: "billing",
    isSound: true,
  },
  {
    id: "fan-in-fan-out",
    group: "sound",
    what: "fan_in_fan_out is true",
    files: ({ billing }) => withFields(billing, { fan_in_fan_out: true }),
    expects: accepted("as trained"),
    madeFrom: "billing",
    isSound: true,
  },
  {
    id: "rs-lora",
    group: "sound",
    what: "use_rslora, with B for a scaling of alpha/√r",
    files: ({ billing }) =>
      withFields(
        withTensors(
          billing,
          each(
            isB,
            mapped((value) => value / 4),
          ),
        ),
        { use_rslora: true },
      ),
    expects: accepted("as trained"),
    madeFrom: "billing",
    isSound: true,
  },
  {
    id: "r-below-tensors",
    group: "config",
    what: "r is 8 in the config, the tensors have rank 16",
    files: ({ billing }) => withFields(billing, { r: 8 }),
    expects: accepted("otherwise"),
    madeFrom: "billing",
    isSound: false,
  },
  {
    id: "r-above-tensors",
    group: "config",
    what: "r is 16 in the config, the tensors have rank 8",
    files: ({ billing }) => withTensors(billing, each(all, halfRank)),
    expects: accepted("otherwise"),
    madeFrom: "billing",
    isSound: false,
  },
  {
    id: "r-of-one-module",
    group: "config",
    what: "v_proj has rank 8, everything else and the config 16",
    files: ({ billing }) => withTensors(billing, each(isOf("v_proj"), halfRank)),
    expects: accepted("otherwise"),
    madeFrom: "billing",
    isSound: false,
  },
  {
    id: "rank-above-pool",
    group: "config",
    what: "Rank 32 on a node whose limit is 16",
    files: ({ billing }) =>
      withFields(
        withTensors(
          billing,
          each(
            all,
            resized((rows, columns) => (rows === 16 ? [32, columns] : [rows, 32])),
          ),
        ),
        { r: 32, lora_alpha: 64 },
      ),
    expects: refused("greater than max_lora_rank"),
    madeFrom: "billing",
    isSound: false,
  },
  {
    id: "module-lost",
    group: "config",
    what: "target_modules names v_proj, the file has no tensor of it",
    files: ({ billing }) => withTensors(billing, (tensors) => tensors.filter(({ name }) => !name.includes("v_proj"))),
    expects: accepted("otherwise"),
    madeFrom: "billing",
    isSound: false,
  },
  {
    id: "module-lost-in-a-layer",
    group: "config",
    what: "v_proj is in the file for the first of two layers only",
    files: ({ billing }) =>
      withTensors(billing, (tensors) => tensors.filter(({ name }) => !name.includes(".layers.1.self_attn.v_proj"))),
    expects: accepted("otherwise"),
    madeFrom: "billing",
    isSound: false,
  },
  {
    id: "layer-named-and-lost",
    group: "config",
    what: "layers_to_transform names both layers, the file holds one",
    files: ({ billing }) =>
      withFields(
        withTensors(billing, (tensors) => tensors.filter(({ name }) => name.includes(".layers.0."))),
        { layers_to_transform: [0, 1] },
      ),
    expects: accepted("otherwise"),
    madeFrom: "billing",
    isSound: false,
  },
  {
    id: "layer-lost",
    group: "config",
    what: "The second layer is not in the file, and layers_to_transform does not say so",
    files: ({ billing }) =>
      withTensors(billing, (tensors) => tensors.filter(({ name }) => name.includes(".layers.0."))),
    expects: accepted("otherwise"),
    madeFrom: "billing",
    isSound: false,
  },
  {
    id: "other-peft-type",
    group: "config",
    what: "peft_type is LOHA",
    files: ({ billing }) => withFields(billing, { peft_type: "LOHA" }),
    expects: accepted("as trained"),
    madeFrom: "billing",
    isSound: false,
    because: "These are LoRA weights; the row shows that the kind is not looked at.",
  },
  {
    id: "null-bias",
    group: "config",
    what: "bias is null",
    files: ({ billing }) => withFields(billing, { bias: null }),
    expects: refused("Adapter bias is not supported"),
    madeFrom: "billing",
    isSound: false,
  },
  {
    id: "unknown-start",
    group: "config",
    what: "init_lora_weights is a word that nobody knows",
    files: ({ billing }) => withFields(billing, { init_lora_weights: "later" }),
    expects: refused("does not support init_lora_weights"),
    madeFrom: "billing",
    isSound: false,
  },
  {
    id: "changed-base",
    group: "config",
    what: "init_lora_weights is pissa: part of the base moved into the adapter",
    files: ({ billing }) => withFields(billing, { init_lora_weights: "pissa" }),
    expects: refused("does not support init_lora_weights"),
    madeFrom: "billing",
    isSound: false,
  },
  {
    id: "layer-replication",
    group: "config",
    what: "layer_replication: a base with other layers than its own",
    files: ({ billing }) => withFields(billing, { layer_replication: [[0, 2]] }),
    expects: refused("does not support layer_replication"),
    madeFrom: "billing",
    isSound: false,
  },
];
