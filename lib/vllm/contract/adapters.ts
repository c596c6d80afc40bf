import { decodeFloats, encodeFloats } from "#lib/platform/safetensors/elements.ts";
import type { TensorBytes } from "#lib/platform/safetensors/encode.ts";
import { writeSeededAdapter } from "#lib/platform/safetensors/seeded-adapter.ts";
import {
  type AdapterFiles,
  type Change,
  CONFIG,
  each,
  filesOf,
  type GoodAdapter,
  isB,
  renamed,
  WEIGHTS,
  withFields,
  withTensors,
} from "./change-adapter.ts";

/** What the suite loads: two trained adapters, some of a seed, and every way to be wrong. */
export const ADAPTER_KINDS = [
  "good-a",
  "good-b",
  "seeded-1",
  "seeded-2",
  "seeded-3",
  "seeded-4",
  "seeded-5",
  "seeded-6",
  "seeded-7",
  "seeded-8",
  "missing-directory",
  "empty-directory",
  "no-config-file",
  "no-weights-file",
  "config-not-json",
  "config-no-r",
  "config-no-alpha",
  "config-r-zero",
  "rank-too-big",
  "rank-too-big-config-only",
  "rank-too-big-tensors-only",
  "dora",
  "modules-to-save",
  "bias-all",
  "alpha-pattern",
  "unknown-module",
  "unknown-module-config-only",
  "unsupported-tensor",
  "no-tensors",
  "truncated",
  "larger-base",
  "smaller-base",
  "more-layers",
  "other-base-name",
  "wrong-prefix",
  "zero-b",
  "only-a",
  "nan",
] as const;
export type AdapterKind = (typeof ADAPTER_KINDS)[number];

/** Adapters of a seed, two ranks among them, for traces over more names than the host cache holds. */
export const SEEDED_KINDS = ADAPTER_KINDS.filter((kind) => kind.startsWith("seeded-"));

/**
 * The files of every kind; null = there is no such directory.
 * @param good the two trained adapters of the fixtures @param base the fixtures' config.json
 * @throws Error when the good weights are no safetensors file
 */
export function contractAdapters(
  good: { a: GoodAdapter; b: GoodAdapter },
  base: { name: string; config: Record<string, unknown> },
): Record<AdapterKind, AdapterFiles | null> {
  const { a } = good;
  const hidden = Number(base.config.hidden_size);
  const layers = Number(base.config.num_hidden_layers);
  const seeded = (seed: string, rank: number, config = base.config) =>
    writeSeededAdapter({ seed, baseModel: base.name, baseConfig: config, rank, alpha: 2 * rank }).files;
  const traced = (n: number) => seeded(`contract/${n}`, n % 2 === 0 ? 8 : 16);
  return {
    "good-a": filesOf(a),
    "good-b": filesOf(good.b),
    "seeded-1": traced(1),
    "seeded-2": traced(2),
    "seeded-3": traced(3),
    "seeded-4": traced(4),
    "seeded-5": traced(5),
    "seeded-6": traced(6),
    "seeded-7": traced(7),
    "seeded-8": traced(8),
    "missing-directory": null,
    "empty-directory": new Map(),
    "no-config-file": new Map([[WEIGHTS, a.weights]]),
    "no-weights-file": new Map([[CONFIG, a.config]]),
    "config-not-json": filesOf({ ...a, config: "{nope" }),
    "config-no-r": withField(a, "r", undefined),
    "config-no-alpha": withField(a, "lora_alpha", undefined),
    "config-r-zero": withField(a, "r", 0),
    "rank-too-big": seeded("contract/rank", 32),
    "rank-too-big-config-only": withField(a, "r", 32),
    "rank-too-big-tensors-only": changed(a, doubledRank),
    dora: withField(a, "use_dora", true),
    "modules-to-save": withField(a, "modules_to_save", ["lm_head"]),
    "bias-all": withField(a, "bias", "all"),
    "alpha-pattern": withField(a, "alpha_pattern", { q_proj: 320, v_proj: 320 }),
    "unknown-module": changed(a, renamed("q_proj", "c_attn")),
    "unknown-module-config-only": withField(a, "target_modules", ["c_attn"]),
    "unsupported-tensor": changed(a, (tensors) => [...tensors, magnitudeVector]),
    "no-tensors": changed(a, () => []),
    truncated: filesOf({ ...a, weights: a.weights.subarray(0, -1000) }),
    "larger-base": seeded("contract/larger", 16, { ...base.config, hidden_size: 2 * hidden }),
    "smaller-base": seeded("contract/smaller", 16, { ...base.config, hidden_size: hidden / 2 }),
    "more-layers": seeded("contract/deeper", 16, { ...base.config, num_hidden_layers: 2 * layers }),
    "other-base-name": withField(a, "base_model_name_or_path", "someone/another-base"),
    "wrong-prefix": changed(a, renamed("base_model.model.model", "base_model.model.language_model.model")),
    "zero-b": changed(a, filledB(0)),
    "only-a": changed(a, (tensors) => tensors.filter((tensor) => !isB(tensor))),
    nan: changed(a, filledB(Number.NaN)),
  };
}

const withField = (good: GoodAdapter, field: string, value: unknown): AdapterFiles =>
  withFields(filesOf(good), { [field]: value });

const changed = (good: GoodAdapter, change: Change): AdapterFiles => withTensors(filesOf(good), change);

const filledB = (value: number): Change =>
  each(isB, (tensor) => ({
    ...tensor,
    data: encodeFloats(decodeFloats(tensor.data, "BF16").fill(value), "BF16"),
  }));

/** The fixtures' rank is 16. */
const doubledRank: Change = (tensors) =>
  tensors.map((tensor) => ({
    ...tensor,
    shape: tensor.shape.map((side) => (side === 16 ? 32 : side)),
    data: new Uint8Array(2 * tensor.data.byteLength),
  }));

const magnitudeVector: TensorBytes = {
  name: "base_model.model.model.layers.0.self_attn.q_proj.lora_magnitude_vector",
  dtype: "F32",
  shape: [2],
  data: new Uint8Array(8),
};
