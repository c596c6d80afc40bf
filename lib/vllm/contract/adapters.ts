import { decodeFloats, encodeFloats } from "#lib/platform/safetensors/elements.ts";
import { encodeSafetensors, type TensorBytes } from "#lib/platform/safetensors/encode.ts";
import { parseSafetensorsHeader } from "#lib/platform/safetensors/header.ts";
import { writeSeededAdapter } from "#lib/platform/safetensors/seeded-adapter.ts";

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

/** File name → content of one adapter directory. */
export type AdapterFiles = ReadonlyMap<string, string | Uint8Array>;

const CONFIG = "adapter_config.json";
const WEIGHTS = "adapter_model.safetensors";

export type GoodAdapter = { config: string; weights: Uint8Array };

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
    "rank-too-big-tensors-only": withTensors(a, doubledRank),
    dora: withField(a, "use_dora", true),
    "modules-to-save": withField(a, "modules_to_save", ["lm_head"]),
    "bias-all": withField(a, "bias", "all"),
    "alpha-pattern": withField(a, "alpha_pattern", { q_proj: 320, v_proj: 320 }),
    "unknown-module": withTensors(a, renamed("q_proj", "c_attn")),
    "unknown-module-config-only": withField(a, "target_modules", ["c_attn"]),
    "unsupported-tensor": withTensors(a, (tensors) => [...tensors, magnitudeVector]),
    "no-tensors": withTensors(a, () => []),
    truncated: filesOf({ ...a, weights: a.weights.subarray(0, -1000) }),
    "larger-base": seeded("contract/larger", 16, { ...base.config, hidden_size: 2 * hidden }),
    "smaller-base": seeded("contract/smaller", 16, { ...base.config, hidden_size: hidden / 2 }),
    "more-layers": seeded("contract/deeper", 16, { ...base.config, num_hidden_layers: 2 * layers }),
    "other-base-name": withField(a, "base_model_name_or_path", "someone/another-base"),
    "wrong-prefix": withTensors(a, renamed("base_model.model.model", "base_model.model.language_model.model")),
    "zero-b": withTensors(a, filledB(0)),
    "only-a": withTensors(a, (tensors) => tensors.filter((tensor) => !isB(tensor))),
    nan: withTensors(a, filledB(Number.NaN)),
  };
}

const filesOf = ({ config, weights }: GoodAdapter): AdapterFiles =>
  new Map<string, string | Uint8Array>([
    [CONFIG, config],
    [WEIGHTS, weights],
  ]);

const withField = (good: GoodAdapter, field: string, value: unknown): AdapterFiles =>
  filesOf({ ...good, config: JSON.stringify({ ...(JSON.parse(good.config) as object), [field]: value }) });

type Change = (tensors: readonly TensorBytes[]) => readonly TensorBytes[];

const withTensors = (good: GoodAdapter, change: Change): AdapterFiles =>
  filesOf({ ...good, weights: encodeSafetensors(change(tensorsOf(good.weights))) });

function tensorsOf(weights: Uint8Array): TensorBytes[] {
  const parsed = parseSafetensorsHeader(weights);
  if (!parsed.ok) throw new Error(parsed.problem.message);
  return parsed.header.tensors.map(({ name, dtype, shape, begin, end }) => ({
    name,
    dtype,
    shape,
    data: weights.subarray(begin, end),
  }));
}

const isB = (tensor: TensorBytes) => tensor.name.includes("lora_B");

const renamed =
  (from: string, to: string): Change =>
  (tensors) =>
    tensors.map((tensor) => ({ ...tensor, name: tensor.name.replace(from, to) }));

const filledB =
  (value: number): Change =>
  (tensors) =>
    tensors.map((tensor) =>
      isB(tensor) ? { ...tensor, data: encodeFloats(decodeFloats(tensor.data, "BF16").fill(value), "BF16") } : tensor,
    );

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
