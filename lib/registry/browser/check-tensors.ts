import {
  type BaseShapes,
  LAYER_MODULES,
  LORA_MODULES,
  type LoraModule,
  MODEL_MODULES,
  moduleWidths,
} from "#lib/platform/safetensors/base-shapes.ts";
import { isFloatDtype } from "#lib/platform/safetensors/elements.ts";
import type { Tensor } from "#lib/platform/safetensors/header.ts";
import { parseTensorName, type TensorName } from "./tensor-name.ts";
import { groupBy, type TensorProblem } from "./tensor-problem.ts";

type LoraTensor = Tensor & Extract<TensorName, { kind: "lora" }>;
export type TensorCheck = {
  problems: TensorProblem[];
  /** Last elements of the module paths, sorted. */
  modules: string[];
  /** Layers that carry at least one tensor; empty when the base's layers are unknown. */
  layers: number[];
  /** Copies of base weights that vLLM skips. */
  skipped: string[];
};

/**
 * Checks every tensor's name, dtype, rank and shape, and that A and B come in pairs.
 * @param rank `r` of the config; @param shapes null = an unknown architecture: names and shapes are then not compared
 */
export function checkTensors(tensors: readonly Tensor[], rank: number, shapes: BaseShapes | null): TensorCheck {
  const problems: TensorProblem[] = [];
  const loras: LoraTensor[] = [];
  const skipped: string[] = [];
  for (const tensor of tensors) {
    const parsed = parseTensorName(tensor.name);
    if (parsed.kind === "lora") loras.push({ ...tensor, ...parsed });
    else if (parsed.kind === "base_layer") skipped.push(tensor.name);
    else problems.push({ code: "unsupported_weight", tensor: tensor.name, message: "no module's lora_A or lora_B." });
  }
  const places = loras.map((tensor) => ({ tensor, place: shapes === null ? null : placeOf(tensor, shapes) }));
  for (const { tensor, place } of places) {
    if (!isFloatDtype(tensor.dtype))
      problems.push({ code: "dtype_unsupported", tensor: tensor.name, message: `it is stored as ${tensor.dtype}.` });
    if (place !== null && "problem" in place) problems.push(place.problem);
    else
      problems.push(
        ...shapeProblems(tensor, rank, place === null || shapes === null ? null : moduleWidths(shapes, place.module)),
      );
  }
  problems.push(...unpaired(loras));
  const layers = places.flatMap(({ place }) =>
    place !== null && "layer" in place && place.layer !== null ? [place.layer] : [],
  );
  return {
    problems,
    modules: [...new Set(loras.map(({ path }) => lastOf(path)))].sort(),
    layers: [...new Set(layers)].sort((a, b) => a - b),
    skipped,
  };
}

const lastOf = (path: string): string => path.slice(path.lastIndexOf(".") + 1);
const isModule = (name: string): name is LoraModule => (LORA_MODULES as readonly string[]).includes(name);

type Place = { module: LoraModule; layer: number | null } | { problem: TensorProblem };

/** Where in the base model a tensor belongs; vLLM compares only the last element and then applies nothing (#34186). */
function placeOf(tensor: LoraTensor, shapes: BaseShapes): Place {
  const fail = (code: TensorProblem["code"], message: string) => ({ problem: { code, tensor: tensor.name, message } });
  const module = lastOf(tensor.path);
  if (!isModule(module))
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

function shapeProblems(
  tensor: LoraTensor,
  rank: number,
  widths: { input: number; output: number } | null,
): TensorProblem[] {
  const { name, part, shape } = tensor;
  const shown = `[${shape.join(", ")}]`;
  const [rows, columns] = shape;
  if (shape.length !== 2 || rows === undefined || columns === undefined)
    return [{ code: "shape_mismatch", tensor: name, message: `its shape is ${shown}, not a matrix.` }];
  const [foundRank, foundWidth] = part === "A" ? [rows, columns] : [columns, rows];
  const width = widths === null ? foundWidth : part === "A" ? widths.input : widths.output;
  return [
    ...(foundRank === rank
      ? []
      : [
          {
            code: "rank_mismatch" as const,
            tensor: name,
            message: `its shape is ${shown}, so its rank is ${foundRank}, not ${rank}.`,
          },
        ]),
    ...(foundWidth === width
      ? []
      : [
          {
            code: "shape_mismatch" as const,
            tensor: name,
            message: `its shape is ${shown}; the base needs ${width} where it has ${foundWidth}.`,
          },
        ]),
  ];
}

function unpaired(loras: readonly LoraTensor[]): TensorProblem[] {
  return [...groupBy(loras, ({ path }) => path).values()].flatMap((list): TensorProblem[] => {
    const [first] = list;
    if (first === undefined) return [];
    if (list.length > 2)
      return [{ code: "unsupported_weight", tensor: first.name, message: "its module stands there twice." }];
    if (new Set(list.map(({ part }) => part)).size === 2) return [];
    const other = first.part === "A" ? "B" : "A";
    return [{ code: "lora_pair_incomplete", tensor: first.name, message: `its lora_${other} is not in the file.` }];
  });
}
