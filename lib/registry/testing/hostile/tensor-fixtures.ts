import { encodeFloats } from "#lib/platform/safetensors/elements.ts";
import type { TensorBytes } from "#lib/platform/safetensors/encode.ts";
import { writeSeededAdapter } from "#lib/platform/safetensors/seeded-adapter.ts";
import { BASE, type Folder, POOL_RULES, withKey, withTensor, withTensors } from "../adapter-folder.ts";
import { CONFIG, filled, GOOD, type HostileFolder, LAYER, renamed, withMore } from "./hostile-folder.ts";

type Code = HostileFolder["codes"][number];
const row = (name: string, files: () => Folder, ...codes: readonly Code[]): HostileFolder => ({ name, files, codes });
const kept = (keep: (name: string) => boolean): Folder =>
  withTensors(GOOD, (tensors) => tensors.filter(({ name }) => keep(name)));
const reshaped = (ending: string, shape: readonly number[], values?: number): Folder =>
  withTensor(GOOD, ending, ({ name }) => filled(name, shape, values));
const isFirst = (name: string): boolean => name.startsWith(LAYER);
const EMBED = "base_model.model.model.embed_tokens";
const HEAD = "base_model.model.lm_head";
const seeded = (rank: number): Folder =>
  writeSeededAdapter({ seed: "s", baseModel: BASE.baseModel, baseConfig: BASE.configJson, rank, alpha: 2 * rank })
    .files;

/** One value, at the end of one tensor, changed. */
const withLast = (ending: string, value: number): Folder =>
  withTensor(GOOD, ending, (tensor) => {
    const data = tensor.data.slice();
    data.set(encodeFloats([value], "BF16"), data.byteLength - 2);
    return { ...tensor, data };
  });
const zeroed = (isZero: (name: string) => boolean, value = 0): Folder =>
  withTensors(GOOD, (tensors) =>
    tensors.map((tensor) => (isZero(tensor.name) ? filled(tensor.name, tensor.shape, value) : tensor)),
  );
const stored = (dtype: TensorBytes["dtype"], bytes: number): Folder =>
  withTensors(GOOD, (tensors) =>
    tensors.map((tensor) => ({ ...tensor, dtype, data: new Uint8Array((tensor.data.byteLength / 2) * bytes) })),
  );

const NAMES: readonly HostileFolder[] = [
  row("only A", () => kept((name) => name.includes("lora_A")), "lora_pair_incomplete"),
  row("only B", () => kept((name) => name.includes("lora_B")), "lora_pair_incomplete"),
  row("half of one pair", () => withTensors(GOOD, (tensors) => tensors.slice(1)), "lora_pair_incomplete"),
  row(
    "the names of a multimodal model",
    () => renamed("model.model.layers", "model.language_model.model.layers"),
    "wrong_prefix",
  ),
  row("a prefix too many", () => renamed("base_model.model.", "base_model.model.model."), "wrong_prefix"),
  row("attention under the MLP's name", () => renamed("self_attn.q_proj", "mlp.q_proj"), "wrong_prefix"),
  row("a module the base does not have", () => renamed("gate_proj", "w1"), "unknown_module"),
  row("a layer the base does not have", () => renamed("layers.1.", "layers.2."), "layer_out_of_range"),
  row("a layer of a thousand digits", () => renamed("layers.1.", `layers.${"9".repeat(400)}.`), "wrong_prefix"),
  row(
    "an adapter's name inside the tensor's",
    () => renamed("lora_A.weight", "lora_A.default.weight"),
    "unsupported_weight",
    "lora_pair_incomplete",
  ),
  row("a saved module", () => withMore(filled(`${HEAD}.modules_to_save.weight`, [640, 64])), "unsupported_weight"),
  row(
    "DoRA's vectors",
    () => withMore(filled(`${LAYER}.mlp.up_proj.lora_magnitude_vector`, [64])),
    "unsupported_weight",
  ),
  row(
    "a module twice, with and without prefix",
    () => withMore(filled("model.layers.0.mlp.up_proj.lora_A.weight", [16, 64])),
    "unsupported_weight",
  ),
  row("a bidi override in a tensor's name", () => renamed("up_proj", "up_\u202Eproj"), "tensor_name_characters"),
  row("a NUL in a tensor's name", () => renamed("up_proj", "up_proj\0"), "tensor_name_characters"),
  row("half a surrogate pair in a tensor's name", () => renamed("up_proj", "up_proj\uD800"), "tensor_name_characters"),
  row("a Cyrillic letter in a tensor's name", () => renamed("up_proj", "u\u0440_proj"), "tensor_name_characters"),
  row("a name of 1,000 letters", () => renamed("up_proj", "u".repeat(1000)), "tensor_name_characters"),
];

const SHAPES: readonly HostileFolder[] = [
  row("a rank other than the config's", () => withKey(GOOD, CONFIG, "r", 8), "rank_below_pool", "rank_mismatch"),
  row("a smaller hidden size", () => reshaped("q_proj.lora_A.weight", [16, 32]), "shape_too_small"),
  row("a larger hidden size", () => reshaped("q_proj.lora_A.weight", [16, 128]), "shape_too_large"),
  row("a vector for a matrix", () => reshaped("q_proj.lora_A.weight", [1024]), "shape_not_matrix"),
  row(
    "a shape of five thousand sides",
    () =>
      reshaped(
        "q_proj.lora_A.weight",
        Array.from({ length: 5000 }, () => 1),
      ),
    "shape_not_matrix",
  ),
  row("a matrix without rows", () => reshaped("q_proj.lora_A.weight", [0, 64]), "rank_mismatch", "no_effect_in_part"),
  row("experts in one tensor", () => reshaped("q_proj.lora_A.weight", [4, 16, 64]), "experts_stacked"),
  row(
    "fused experts",
    () =>
      withMore(
        filled(`${LAYER}.mlp.experts.lora_A.weight`, [64, 64]),
        filled(`${LAYER}.mlp.experts.lora_B.weight`, [64, 64]),
      ),
    "experts_stacked",
  ),
  row("experts in a dense base", () => renamed("mlp.up_proj", "mlp.experts.0.up_proj"), "wrong_prefix"),
  row("8-bit floats without scales", () => stored("F8_E4M3", 1), "dtype_unsupported"),
  row("8-bit whole numbers", () => stored("I8", 1), "dtype_unsupported"),
  row("truth values", () => stored("BOOL", 1), "dtype_unsupported"),
  row("double floats", () => stored("F64", 8), "dtype_unsupported"),
  row(
    "an embedding of another vocabulary",
    () => withMore(filled(`${EMBED}.lora_embedding_A`, [16, 700]), filled(`${EMBED}.lora_embedding_B`, [64, 16])),
    "embedding_vocab",
  ),
  row(
    "an embedding in the form of a matrix",
    () => withMore(filled(`${EMBED}.lora_A.weight`, [16, 640]), filled(`${EMBED}.lora_B.weight`, [64, 16])),
    "unsupported_weight",
  ),
  row("a head of another vocabulary", () => withMore(...head(600)), "embedding_vocab"),
  row(
    "copies of base weights and nothing else",
    () => withTensors(GOOD, () => [filled(`${HEAD}.base_layer.weight`, [640, 64])]),
    "no_tensors",
  ),
  row("a rank above the pool's", () => seeded(32), "rank_above_pool"),
  row("a rank below the pool's", () => seeded(8), "rank_below_pool"),
  row("a rank no pool can have", () => seeded(600), "rank_above_vllm"),
  row("one layer of two", () => kept(isFirst), "layers_missing"),
  row("a module in one layer only", () => kept((name) => isFirst(name) || !name.includes("up_proj")), "modules_uneven"),
];

function head(vocabulary: number): TensorBytes[] {
  return [filled(`${HEAD}.lora_A.weight`, [16, 64]), filled(`${HEAD}.lora_B.weight`, [vocabulary, 16])];
}
const shapes = POOL_RULES.baseShapes;
const withHead = (vocabulary: number): Folder =>
  withKey(withMore(...head(vocabulary)), CONFIG, "target_modules", "all-linear");

/** What shows only against another pool than the tiny Llama's. */
const POOLS: readonly HostileFolder[] = [
  {
    ...row("a head too wide to wrap", () => withHead(300_000), "lm_head_vocab"),
    pool: { baseShapes: shapes && { ...shapes, vocabSize: 300_000 } },
  },
  {
    ...row("a head that is also the embedding", () => withHead(640), "lm_head_tied"),
    pool: { baseShapes: shapes && { ...shapes, tiedEmbeddings: true } },
  },
  {
    ...row("a head in a base that takes no LoRA on it", () => withHead(640), "unknown_module"),
    pool: { baseShapes: shapes && { ...shapes, architecture: "Qwen2ForCausalLM" } },
  },
  { ...row("a pool of a rank vLLM does not know", () => GOOD, "pool_rank_invalid"), pool: { maxLoraRank: 24 } },
  {
    ...row("a base nobody knows", () => GOOD),
    pool: { baseShapes: null, architecture: "NewForCausalLM" },
    also: ["checks_not_made"],
  },
  { ...row("another float format", () => GOOD), pool: { dtype: "float16" }, also: ["dtype_cast"] },
];

/** Tensors with wrong names, shapes, ranks or values. */
export const TENSOR_FOLDERS: readonly HostileFolder[] = [
  ...NAMES,
  ...SHAPES,
  ...POOLS,
  row("a NaN at the very end", () => withLast("up_proj.lora_B.weight", Number.NaN), "values_not_finite"),
  row("an infinity", () => withLast("up_proj.lora_A.weight", Number.NEGATIVE_INFINITY), "values_not_finite"),
  row("zero in every B", () => zeroed((name) => name.includes("lora_B")), "no_effect"),
  row("zero in every A", () => zeroed((name) => name.includes("lora_A")), "no_effect"),
  row("minus zero in every B", () => zeroed((name) => name.includes("lora_B"), -0), "no_effect"),
  row(
    "zero in the B of one kind of module",
    () => zeroed((name) => name.includes("up_proj.lora_B")),
    "no_effect_in_part",
  ),
  {
    ...row("layers the config chooses", () => withKey(kept(isFirst), CONFIG, "layers_to_transform", [0])),
    also: ["layers_untouched"],
  },
  {
    ...row("a copy of base weights", () => withMore(filled(`${HEAD}.base_layer.weight`, [640, 64]))),
    also: ["base_weights_skipped"],
  },
];
