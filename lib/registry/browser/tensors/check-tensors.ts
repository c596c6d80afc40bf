import { groupBy } from "#lib/platform/browser/group-by.ts";
import {
  type BaseShapes,
  LAYER_MODULES,
  LORA_MODULES,
  type LoraModule,
  MODEL_MODULES,
  modulesOf,
  moduleWidths,
} from "#lib/platform/safetensors/base-shapes.ts";
import { isFloatDtype } from "#lib/platform/safetensors/elements.ts";
import { shapeText, type Tensor } from "#lib/platform/safetensors/header.ts";
import { parseTensorName, type TensorName } from "./tensor-name.ts";
import type { TensorProblem } from "./tensor-problem.ts";

type LoraTensor = Tensor & Extract<TensorName, { kind: "lora" }>;
export type TensorCheck = {
  problems: TensorProblem[];
  /** Last elements of the module paths, sorted. */
  modules: string[];
  /** Layers in which each layer module carries weights; empty when the base's layers are unknown. */
  layersOf: ReadonlyMap<string, ReadonlySet<number>>;
  /** Copies of base weights that vLLM skips. */
  skipped: string[];
  /** The file adapts experts of a mixture, one module each. */
  hasExperts: boolean;
};

/**
 * Checks every tensor's name, dtype, rank and shape, and that A and B come in pairs.
 * @param rankOf the rank that the config gives a module, by its path in the base; @param shapes null = an unknown architecture: names and shapes are then not compared
 */
export function checkTensors(
  tensors: readonly Tensor[],
  rankOf: (path: string) => number,
  shapes: BaseShapes | null,
): TensorCheck {
  const problems: TensorProblem[] = [];
  const loras: LoraTensor[] = [];
  const skipped: string[] = [];
  for (const tensor of tensors) {
    const parsed = parseTensorName(tensor.name);
    if (parsed.kind === "lora") loras.push({ ...tensor, ...parsed });
    else if (parsed.kind === "base_layer") skipped.push(tensor.name);
    else if (parsed.kind === "odd")
      problems.push({ code: "tensor_name_characters", tensor: tensor.name, message: "names are plain ASCII." });
    else problems.push({ code: "unsupported_weight", tensor: tensor.name, message: "no module's lora_A or lora_B." });
  }
  const places = loras.map((tensor) => ({ tensor, place: shapes === null ? null : placeOf(tensor, shapes) }));
  for (const { tensor, place } of places) {
    if (!isFloatDtype(tensor.dtype))
      problems.push({ code: "dtype_unsupported", tensor: tensor.name, message: `it is stored as ${tensor.dtype}.` });
    if (isStacked(tensor))
      problems.push({
        code: "experts_stacked",
        tensor: tensor.name,
        message: `its shape is ${shapeText(tensor.shape)}: all experts in one.`,
      });
    else if (place !== null && "problem" in place) problems.push(place.problem);
    else problems.push(...shapeProblems(tensor, rankOf(tensor.path), place === null ? null : place.module, shapes));
  }
  problems.push(...unpaired(loras));
  return {
    problems,
    modules: [...new Set(loras.map(({ path }) => lastOf(path)))].sort(),
    layersOf: layersOf(places.map(({ place }) => place)),
    skipped,
    hasExperts: loras.some(({ path }) => EXPERT.test(path)),
  };
}

function layersOf(places: readonly (Place | null)[]): Map<string, Set<number>> {
  const layers = new Map<string, Set<number>>();
  for (const place of places) {
    if (place === null || "problem" in place || place.layer === null) continue;
    const seen = layers.get(place.module);
    if (seen) seen.add(place.layer);
    else layers.set(place.module, new Set([place.layer]));
  }
  return layers;
}

const EXPERT = /\.experts\.\d+\./;
/** PEFT adapts fused experts as one parameter; vLLM reads that layout only under a flag it never checks (vllm.md §5). */
const isStacked = ({ path, shape }: LoraTensor): boolean =>
  shape.length === 3 || path.endsWith(".experts") || path.endsWith(".experts.base_layer");

const lastOf = (path: string): string => path.slice(path.lastIndexOf(".") + 1);
const isModule = (name: string): name is LoraModule => (LORA_MODULES as readonly string[]).includes(name);

type Place = { module: LoraModule; layer: number | null } | { problem: TensorProblem };

/** Where in the base model a tensor belongs; vLLM compares only the last element and then applies nothing (#34186). */
function placeOf(tensor: LoraTensor, shapes: BaseShapes): Place {
  const fail = (code: TensorProblem["code"], message: string) => ({ problem: { code, tensor: tensor.name, message } });
  const module = lastOf(tensor.path);
  if (!isModule(module) || !modulesOf(shapes.architecture).includes(module))
    return fail("unknown_module", `${shapes.architecture} has no module ${module} that takes a LoRA.`);
  if ((module === "embed_tokens") !== tensor.embedding)
    return fail(
      "unsupported_weight",
      `${module} needs ${module === "embed_tokens" ? "lora_embedding_A" : "lora_A.weight"} tensors.`,
    );
  if (module in MODEL_MODULES) {
    const path = MODEL_MODULES[module as keyof typeof MODEL_MODULES];
    return tensor.path === path ? { module, layer: null } : fail("wrong_prefix", `in this base the module is ${path}.`);
  }
  const inLayer = LAYER_MODULES[module as keyof typeof LAYER_MODULES];
  const match = /^model\.layers\.(0|[1-9]\d{0,5})\.(.+)$/.exec(tensor.path);
  if (match?.[2] !== inLayer) return fail("wrong_prefix", `in this base the module is model.layers.<n>.${inLayer}.`);
  const layer = Number(match[1]);
  if (layer >= shapes.layers) return fail("layer_out_of_range", `the base has layers 0 to ${shapes.layers - 1}.`);
  return { module, layer };
}

/** @param module what the tensor belongs to in a base whose shapes are known */
function shapeProblems(
  { name, part, shape }: LoraTensor,
  rank: number,
  module: LoraModule | null,
  shapes: BaseShapes | null,
): TensorProblem[] {
  const shown = shapeText(shape);
  const [rows, columns] = shape;
  if (shape.length !== 2 || rows === undefined || columns === undefined)
    return [{ code: "shape_not_matrix", tensor: name, message: `its shape is ${shown}.` }];
  const [foundRank, foundWidth] = part === "A" ? [rows, columns] : [columns, rows];
  const problems: TensorProblem[] = [];
  if (foundRank !== rank)
    problems.push({
      code: "rank_mismatch",
      tensor: name,
      message: `its shape is ${shown}, so its rank is ${foundRank}, not ${rank}.`,
    });
  if (module === null || shapes === null) return problems;
  const widths = moduleWidths(shapes, module);
  const width = part === "A" ? widths.input : widths.output;
  if (foundWidth !== width)
    problems.push({
      code: widthCode(module, part, foundWidth < width),
      tensor: name,
      message: `its shape is ${shown}; the base needs ${width} where it has ${foundWidth}.`,
    });
  if (module === "lm_head" && shapes.vocabSize > MAX_HEAD_VOCAB)
    problems.push({
      code: "lm_head_vocab",
      tensor: name,
      message: `the base has ${shapes.vocabSize} tokens; vLLM wraps heads of at most ${MAX_HEAD_VOCAB}.`,
    });
  return problems;
}

/** Tokens; vLLM refuses to wrap a wider head (vllm.md §5). */
const MAX_HEAD_VOCAB = 258_048;

/** The side of embeddings and head that counts tokens is told apart: another vocabulary is another mistake. */
function widthCode(module: LoraModule, part: "A" | "B", isSmaller: boolean): TensorProblem["code"] {
  const tokensIn = module === "embed_tokens" ? "A" : module === "lm_head" ? "B" : null;
  if (part === tokensIn) return "embedding_vocab";
  return isSmaller ? "shape_too_small" : "shape_too_large";
}

function unpaired(loras: readonly LoraTensor[]): TensorProblem[] {
  return [...groupBy(loras, ({ path }) => path).values()].flatMap((list): TensorProblem[] => {
    const [first] = list;
    if (first === undefined) return [];
    if (list.length > 2)
      return [{ code: "unsupported_weight", tensor: first.name, message: "its module occurs twice." }];
    if (new Set(list.map(({ part }) => part)).size === 2) return [];
    const other = first.part === "A" ? "B" : "A";
    return [{ code: "lora_pair_incomplete", tensor: first.name, message: `its lora_${other} is not in the file.` }];
  });
}
