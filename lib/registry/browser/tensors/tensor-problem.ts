import { groupBy } from "#lib/platform/browser/group-by.ts";
import type { Finding } from "../../schema.ts";
import { WEIGHTS_FILE } from "../file-set.ts";
import { error, fieldOf } from "../finding.ts";
import type { CodeOf } from "../finding-codes.ts";

/** What can be wrong with one tensor; one finding gathers all tensors with the same trouble. */
export type TensorProblem = { code: TensorProblemCode; tensor: string; message: string };

const KINDS = {
  unsupported_weight: {
    title: "Tensors that vLLM does not load",
    fix: "Export with PEFT's save_pretrained, without modules_to_save, DoRA or added tokens.",
  },
  wrong_prefix: {
    title: "Tensors for another kind of model",
    fix: "Train on the pool's own base model class, then export again: the names must be those of its modules.",
  },
  unknown_module: {
    title: "Modules the base does not have",
    fix: "Train on modules of the pool's base only; its training contract lists them.",
  },
  layer_out_of_range: {
    title: "Layers the base does not have",
    fix: "Train on the pool's base model: this adapter is for a deeper one.",
  },
  lora_pair_incomplete: {
    title: "Half of a LoRA pair is missing",
    fix: "Export the adapter again: each module needs both lora_A and lora_B.",
  },
  rank_mismatch: {
    title: "Tensors disagree with the rank in the config",
    fix: "Set r to the rank the adapter was trained with, or export it again.",
  },
  shape_not_matrix: {
    title: "Tensors that are not matrices",
    fix: "Export the adapter again with PEFT's save_pretrained.",
  },
  shape_too_small: {
    title: "Tensors for a narrower base model",
    fix: "Train on the pool's base model: these shapes belong to a smaller one.",
  },
  shape_too_large: {
    title: "Tensors for a wider base model",
    fix: "Train on the pool's base model: these shapes belong to a larger one.",
  },
  embedding_vocab: {
    title: "Tensors for another vocabulary",
    fix: "Train with the base's own vocabulary, without added tokens.",
  },
  lm_head_vocab: {
    title: "The base's head is too wide for a LoRA",
    fix: "Train without lm_head in target_modules.",
  },
  experts_stacked: {
    title: "Experts stacked into one tensor",
    fix: "Train the experts as separate modules, or leave them out of target_modules.",
  },
  tensor_name_characters: {
    title: "Tensor names with characters no module has",
    fix: "Export the adapter again with PEFT's save_pretrained.",
  },
  dtype_unsupported: {
    title: "Tensors in a format that is not served",
    fix: "Export in bfloat16, float16 or float32.",
  },
  values_not_finite: {
    title: "Weights that are not numbers",
    fix: "The training diverged: export an earlier checkpoint.",
  },
} as const satisfies Partial<Record<CodeOf<"error">, { title: string; fix: string }>>;
export type TensorProblemCode = keyof typeof KINDS;

const SHOWN = 5;

/** One finding a code, in the order the codes first appear, each naming its first tensors and how many there are. */
export function findingsOf(problems: readonly TensorProblem[]): Finding[] {
  const byCode = groupBy(problems, ({ code }) => code);
  return [...byCode].map(([code, list]) => {
    const first = list[0];
    const more = list.length - 1;
    return error({
      code,
      title: KINDS[code].title,
      message: `${first?.tensor}: ${first?.message}${more > 0 ? ` ${more} more like it.` : ""}`,
      fix: KINDS[code].fix,
      field: fieldOf(WEIGHTS_FILE, first?.tensor),
      evidence: {
        tensors: list
          .slice(0, SHOWN)
          .map(({ tensor }) => tensor)
          .join(", "),
        count: list.length,
      },
    });
  });
}
