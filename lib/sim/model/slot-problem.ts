import { type BaseShapes, type LoraModule, moduleWidths } from "#lib/platform/safetensors/base-shapes.ts";
import type { Tensor } from "#lib/platform/safetensors/header.ts";
import { type LoraPair, moduleAt, type Places, packOf } from "./adapter-tensors.ts";

/**
 * Why the copy of an adapter into a GPU slot fails, in torch's words, or null. A slot holds `max_lora_rank` by the
 * base's widths, and vLLM copies into its leading part: a tensor that is too large fails, one that is too small is
 * accepted in silence and answers garbage.
 */
export function slotProblemOf(
  pairs: ReadonlyMap<string, LoraPair>,
  shapes: BaseShapes,
  { maxLoraRank, places }: { maxLoraRank: number; places: Places },
): string | null {
  for (const { module, a, b } of inModelOrder(pairs, places)) {
    const { input, output } = moduleWidths(shapes, module);
    // An assertion without a message; a packed module takes a half as nothing.
    if ((a === null || b === null) && packOf(module).length === 1) return "";
    const problem =
      (a && module === "embed_tokens" ? vocabularyProblem(a, shapes.vocabSize) : null) ??
      (a ? copyProblem([maxLoraRank, input], a) : null) ??
      (b ? copyProblem([output, maxLoraRank], b) : null);
    if (problem !== null) return problem;
  }
  return null;
}

/** The order in which the model's modules are filled; the first that fails is the one that is reported. */
const ORDER = ["embed_tokens", "q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj", "lm_head"];

function inModelOrder(pairs: ReadonlyMap<string, LoraPair>, places: Places): (LoraPair & { module: LoraModule })[] {
  const placed = [...pairs].flatMap(([path, pair]) => {
    const module = moduleAt(path, places);
    const layer = Number(/layers\.(\d+)\./.exec(path)?.[1] ?? (module === "lm_head" ? places.layers : -1));
    return module === null ? [] : [{ ...pair, module, place: layer * ORDER.length + ORDER.indexOf(module) }];
  });
  return placed.sort((a, b) => a.place - b.place);
}

const vocabularyProblem = (a: Tensor, vocabSize: number): string | null =>
  a.shape[1] === vocabSize
    ? null
    : `The embedding LoRA size(${a.shape[1]}) must be consistent with the base model's vocabulary size(${vocabSize}).`;

/** torch compares from the last dimension backwards. */
function copyProblem(slot: readonly [number, number], tensor: Tensor): string | null {
  for (const dimension of [1, 0] as const) {
    const [room, size] = [slot[dimension], tensor.shape[dimension] ?? 1];
    if (size > room)
      return `The size of tensor a (${room}) must match the size of tensor b (${size}) at non-singleton dimension ${dimension}`;
  }
  return null;
}
