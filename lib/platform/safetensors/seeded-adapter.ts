import { LAYER_MODULES, type LayerModule, moduleWidths, readBaseShapes } from "./base-shapes.ts";
import { encodeFloats, type FloatDtype } from "./elements.ts";
import { encodeSafetensors, type TensorBytes } from "./encode.ts";
import { seededRandom } from "./seeded-random.ts";

export type SeededAdapter = {
  /** Equal seeds and settings give equal bytes. */
  seed: string;
  /** Written as base_model_name_or_path. */
  baseModel: string;
  /** The base's config.json; one of the known architectures. */
  baseConfig: Record<string, unknown>;
  rank: number;
  alpha: number;
  targetModules?: readonly LayerModule[];
  dtype?: FloatDtype;
  /** Every B zero: loads everywhere and changes nothing. */
  zeroB?: boolean;
  /** Standard deviation of what it adds to a module's output when the input has unit variance; 0.5 is a clear effect. */
  effect?: number;
};

const ALL_MODULES = Object.keys(LAYER_MODULES) as LayerModule[];

const CLEAR_EFFECT = 0.5;

/**
 * The two files of a LoRA adapter exactly as PEFT writes them (layout, names and config keys of peft 0.21), filled from
 * a seed. A is drawn as PEFT initialises it; B so that alpha/r · B·A has a clear effect on every module.
 * @throws Error when the base's shapes are unknown
 */
export function writeSeededAdapter(spec: SeededAdapter): { files: Map<string, Uint8Array<ArrayBuffer>> } {
  const modules = [...(spec.targetModules ?? ALL_MODULES)].sort();
  return {
    files: new Map([
      ["adapter_config.json", new TextEncoder().encode(JSON.stringify(peftConfig(spec, modules), null, 2))],
      ["adapter_model.safetensors", encodeSafetensors(seededTensors(spec, modules))],
    ]),
  };
}

function seededTensors(spec: SeededAdapter, modules: readonly LayerModule[]): TensorBytes[] {
  const shapes = readBaseShapes(spec.baseConfig);
  if (shapes === null) throw new Error("The shapes of this base model are not known.");
  const dtype = spec.dtype ?? "BF16";
  const tensors: TensorBytes[] = [];
  for (let layer = 0; layer < shapes.layers; layer += 1)
    for (const module of modules) {
      const path = `base_model.model.model.layers.${layer}.${LAYER_MODULES[module]}`;
      const { input, output } = moduleWidths(shapes, module);
      const random = seededRandom(`${spec.seed}/${path}`);
      const a = uniform(random, spec.rank * input, 1 / Math.sqrt(input));
      const bound = (3 * (spec.effect ?? CLEAR_EFFECT) * spec.rank) / (spec.alpha * Math.sqrt(spec.rank));
      const b = uniform(random, output * spec.rank, spec.zeroB ? 0 : bound);
      tensors.push(
        { name: `${path}.lora_A.weight`, dtype, shape: [spec.rank, input], data: encodeFloats(a, dtype) },
        { name: `${path}.lora_B.weight`, dtype, shape: [output, spec.rank], data: encodeFloats(b, dtype) },
      );
    }
  // The format's own writer orders by name inside one dtype.
  return tensors.sort((x, y) => (x.name < y.name ? -1 : 1));
}

function uniform(random: () => number, count: number, bound: number): Float32Array {
  const values = new Float32Array(count);
  if (bound > 0) for (let i = 0; i < count; i += 1) values[i] = (2 * random() - 1) * bound;
  return values;
}

const peftConfig = (spec: SeededAdapter, modules: readonly LayerModule[]) => ({
  alora_invocation_tokens: null,
  alpha_pattern: {},
  arrow_config: null,
  auto_mapping: null,
  base_model_name_or_path: spec.baseModel,
  bias: "none",
  corda_config: null,
  ensure_weight_tying: false,
  eva_config: null,
  exclude_modules: null,
  fan_in_fan_out: false,
  inference_mode: true,
  init_lora_weights: true,
  kasa_config: null,
  layer_replication: null,
  layers_pattern: null,
  layers_to_transform: null,
  loftq_config: {},
  lora_alpha: spec.alpha,
  lora_bias: false,
  lora_dropout: 0.0,
  lora_ga_config: null,
  megatron_config: null,
  megatron_core: "megatron.core",
  modules_to_save: null,
  monteclora_config: null,
  peft_type: "LORA",
  peft_version: "0.21.2",
  qalora_group_size: 16,
  r: spec.rank,
  rank_pattern: {},
  revision: null,
  target_modules: modules,
  target_parameters: null,
  task_type: "CAUSAL_LM",
  trainable_token_indices: null,
  use_bdlora: null,
  use_dora: false,
  use_qalora: false,
  use_rslora: false,
  velora_config: null,
});
