import {
  type BaseShapes,
  LAYER_MODULES,
  type LoraModule,
  MODEL_MODULES,
  modulesOf,
} from "#lib/platform/safetensors/base-shapes.ts";
import type { Tensor } from "#lib/platform/safetensors/header.ts";
import { InvalidAdapter } from "./adapter-errors.ts";

/** The tensors of one module; either half may be absent, which vLLM accepts in silence. */
export type LoraPair = { a: Tensor | null; b: Tensor | null };

/**
 * Sorts an adapter's tensors by module, as vLLM reads their names.
 * @param path the adapter's directory, for the message
 * @throws InvalidAdapter for a name vLLM cannot read or a module that takes no LoRA in this base
 */
export function pairsOf(tensors: readonly Tensor[], path: string, { architecture }: BaseShapes): Map<string, LoraPair> {
  const modules: readonly string[] = modulesOf(architecture);
  const pairs = new Map<string, LoraPair>();
  const unexpected: string[] = [];
  for (const tensor of tensors) {
    if (isBaseEmbedding(tensor.name)) continue;
    const parsed = parseName(tensor.name);
    if (parsed === null) throw new InvalidAdapter(`${tensor.name} is unsupported LoRA weight`);
    const suffix = parsed.module.slice(parsed.module.lastIndexOf(".") + 1);
    if (!modules.includes(suffix)) unexpected.push(parsed.module);
    const pair = pairs.get(parsed.module) ?? { a: null, b: null };
    pairs.set(parsed.module, { ...pair, [parsed.half]: tensor });
  }
  if (unexpected.length > 0)
    throw new InvalidAdapter(
      `While loading ${path}, expected target modules in {${quoted(modules)}} but received ` +
        `[${quoted(unexpected)}]. Please verify that the loaded LoRA module is correct`,
    );
  // An assertion without a message.
  if (pairs.size === 0) throw new InvalidAdapter("");
  return pairs;
}

/** Where vLLM applies a LoRA: on the modules of a base of so many layers, of which a node may leave some out. */
export type Places = { layers: number; targetModules: readonly string[] | null };

/** The module a path names; null = vLLM applies nothing there and says nothing. */
export function moduleAt(path: string, { layers, targetModules }: Places): LoraModule | null {
  const module = namedAt(path, layers);
  if (module === null || targetModules === null) return module;
  return packOf(module).some((each) => targetModules.includes(each)) ? module : null;
}

/** Modules that vLLM packs into one are all served when one of them is. */
const PACKS: readonly (readonly LoraModule[])[] = [
  ["q_proj", "k_proj", "v_proj"],
  ["gate_proj", "up_proj"],
];
export const packOf = (module: LoraModule): readonly LoraModule[] =>
  PACKS.find((pack) => pack.includes(module)) ?? [module];

function namedAt(path: string, layers: number): LoraModule | null {
  for (const module of Object.keys(MODEL_MODULES) as (keyof typeof MODEL_MODULES)[])
    if (path === MODEL_MODULES[module]) return module;
  const layer = /^model\.layers\.(\d+)\.(.+)$/.exec(path);
  if (!layer || Number(layer[1]) >= layers) return null;
  for (const module of Object.keys(LAYER_MODULES) as (keyof typeof LAYER_MODULES)[])
    if (layer[2] === LAYER_MODULES[module]) return module;
  return null;
}

const quoted = (names: readonly string[]) => names.map((name) => `'${name}'`).join(", ");

const isBaseEmbedding = (name: string) =>
  name.endsWith(".embed_tokens.base_layer.weight") || name.endsWith(".lm_head.base_layer.weight");

/** `parse_fine_tuned_lora_name`: module path and which half, or null when vLLM does not know the name. */
function parseName(name: string): { module: string; half: "a" | "b" } | null {
  const bare = name.replace(/^(?:base_model\.model\.)+/, "");
  const match = /^(.+)\.lora_([AB])\.weight$/.exec(bare) ?? /^(.+)\.lora_embedding_([AB])$/.exec(bare);
  if (!match?.[1]) return null;
  return { module: match[1], half: match[2] === "A" ? "a" : "b" };
}
