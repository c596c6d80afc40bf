import type { BaseShapes } from "#lib/platform/safetensors/base-shapes.ts";
import type { Tensor } from "#lib/platform/safetensors/header.ts";
import type { Finding } from "../../schema.ts";
import type { AdapterConfig } from "../adapter-config.ts";
import type { PoolRules } from "../check-against-pool.ts";
import { WEIGHTS_FILE } from "../file-set.ts";
import { error, fieldOf, note, pass, warning } from "../finding.ts";
import type { TensorCheck } from "./check-tensors.ts";
import { coverageFindings } from "./coverage-findings.ts";
import { findingsOf } from "./tensor-problem.ts";

/** What the tensors as a whole say: errors gathered by kind or, when there are none, what was proven and what is odd. */
export function tensorFindings(
  check: TensorCheck,
  tensors: readonly Tensor[],
  config: AdapterConfig,
  pool: PoolRules,
): Finding[] {
  if (tensors.length === check.skipped.length)
    return [
      error({
        code: "no_tensors",
        title: "The adapter has no weights",
        message: "The file is sound, but holds no lora_A or lora_B.",
        fix: "Export the adapter again after training.",
        field: WEIGHTS_FILE,
      }),
    ];
  const problems = findingsOf(check.problems);
  if (problems.length > 0) return problems;
  return [
    pool.baseShapes === null ? notMade(pool.architecture, check) : shapesFit(check, pool.baseShapes),
    ...coverageFindings(check, config, pool.baseShapes),
    ...headFindings(check, pool.baseShapes),
    ...skippedFindings(check),
    ...dtypeFindings(tensors, pool),
  ];
}

/** Every check that needs to know the base's modules, by name, so that nobody takes silence for proof. */
const notMade = (architecture: string, check: TensorCheck): Finding =>
  note({
    code: "checks_not_made",
    title: `Some checks could not be made for ${architecture}`,
    message:
      "Switchyard does not know its modules; the config, the file's structure, ranks and pairs were checked. The load probe decides.",
    field: WEIGHTS_FILE,
    evidence: {
      "not checked": [
        "whether the modules exist in the base (unknown_module)",
        "module paths and prefix (wrong_prefix)",
        "layer numbers (layer_out_of_range, layers_missing, modules_uneven)",
        "shapes against the base (shape_too_small, shape_too_large)",
        "vocabulary of embeddings and head (embedding_vocab, lm_head_vocab, lm_head_tied)",
        ...(check.hasExperts ? ["layout of the experts' tensors (experts_stacked)"] : []),
      ].join("; "),
    },
  });

const shapesFit = (check: TensorCheck, shapes: BaseShapes): Finding =>
  pass({
    code: "shapes_match",
    title: "Names, pairs, ranks and shapes fit the base",
    message: `${check.modules.length} kinds of modules; the base has ${shapes.layers} layers.`,
    field: WEIGHTS_FILE,
    evidence: { modules: check.modules.join(", ") },
  });

function headFindings(check: TensorCheck, shapes: BaseShapes | null): Finding[] {
  const adapted = ["embed_tokens", "lm_head"].filter((module) => check.modules.includes(module));
  if (shapes === null || !shapes.tiedEmbeddings || adapted.length === 0) return [];
  return [
    warning({
      code: "lm_head_tied",
      title: "The base uses one matrix for embeddings and head",
      message: `The adapter changes ${adapted.join(" and ")} on its own; vLLM applies exactly that, a merged model would change both.`,
      fix: "Compare answers with those from training, or train without embed_tokens and lm_head.",
      field: WEIGHTS_FILE,
      evidence: { modules: adapted.join(", ") },
    }),
  ];
}

const skippedFindings = (check: TensorCheck): Finding[] =>
  check.skipped.length === 0
    ? []
    : [
        note({
          code: "base_weights_skipped",
          title: "Copies of base weights are not used",
          message: "vLLM skips them; the pool's own base counts.",
          field: fieldOf(WEIGHTS_FILE, check.skipped[0]),
        }),
      ];

const DTYPE_NAMES: Readonly<Record<string, string>> = { BF16: "bfloat16", F16: "float16", F32: "float32" };

/** The one dtype of all tensors by its torch name, or "mixed". */
export const dtypeOf = (tensors: readonly Tensor[]): string => {
  const names = new Set(tensors.map(({ dtype }) => DTYPE_NAMES[dtype] ?? dtype));
  const [only] = names;
  return names.size === 1 && only !== undefined ? only : "mixed";
};

function dtypeFindings(tensors: readonly Tensor[], pool: PoolRules): Finding[] {
  const dtype = dtypeOf(tensors);
  if (dtype === pool.dtype) return [];
  return [
    note({
      code: "dtype_cast",
      title: `The node converts the weights to ${pool.dtype}`,
      message: `They are stored as ${dtype}; vLLM converts them without saying so, which can cost precision.`,
      field: WEIGHTS_FILE,
      evidence: { stored: dtype, pool: pool.dtype },
    }),
  ];
}
