import type { BaseShapes } from "#lib/platform/safetensors/base-shapes.ts";
import type { Tensor } from "#lib/platform/safetensors/header.ts";
import type { Finding } from "../schema.ts";
import type { AdapterConfig } from "./adapter-config.ts";
import type { PoolRules } from "./check-against-pool.ts";
import type { TensorCheck } from "./check-tensors.ts";
import { CONFIG_FILE, WEIGHTS_FILE } from "./file-set.ts";
import { error, fieldOf, note, pass, warning } from "./finding.ts";
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
    pool.baseShapes === null ? shapesNotChecked(pool.architecture) : shapesFit(check, pool.baseShapes),
    ...coverageFindings(check, config, pool.baseShapes),
    ...dtypeFindings(tensors, pool),
  ];
}

const shapesNotChecked = (architecture: string): Finding =>
  note({
    code: "shapes_not_checked",
    title: "Names and shapes were not compared",
    message: `Switchyard does not know the modules of ${architecture}; ranks and pairs were checked. The load probe decides.`,
    field: WEIGHTS_FILE,
  });

const shapesFit = (check: TensorCheck, shapes: BaseShapes): Finding =>
  pass({
    code: "shapes_match",
    title: "Names, pairs, ranks and shapes fit the base",
    message: `${check.modules.length} kinds of modules in ${check.layers.length} of ${shapes.layers} layers.`,
    field: WEIGHTS_FILE,
    evidence: { modules: check.modules.join(", ") },
  });

function coverageFindings(check: TensorCheck, config: AdapterConfig, shapes: BaseShapes | null): Finding[] {
  const findings: Finding[] = [];
  const named = Array.isArray(config.target_modules) ? config.target_modules.map(lastElement) : null;
  const differing = named === null ? [] : symmetricDifference(new Set(named), new Set(check.modules));
  if (differing.length > 0)
    findings.push(
      warning({
        code: "target_modules_differ",
        title: "The config names other modules than the file holds",
        message: "vLLM goes by the tensors and does not read target_modules.",
        fix: "Check that the whole adapter was exported.",
        field: fieldOf(CONFIG_FILE, "target_modules"),
        evidence: { differing: differing.join(", ") },
      }),
    );
  if (shapes !== null && check.layers.length > 0 && check.layers.length < shapes.layers)
    findings.push(
      note({
        code: "layers_untouched",
        title: "Some layers stay as in the base",
        message: `${check.layers.length} of ${shapes.layers} layers carry weights.`,
        field: WEIGHTS_FILE,
      }),
    );
  if (check.skipped.length > 0)
    findings.push(
      note({
        code: "base_weights_skipped",
        title: "Copies of base weights are not used",
        message: "vLLM skips them; the pool's own base counts.",
        field: fieldOf(WEIGHTS_FILE, check.skipped[0]),
      }),
    );
  return findings;
}

const lastElement = (module: string): string => module.slice(module.lastIndexOf(".") + 1);
const symmetricDifference = (a: ReadonlySet<string>, b: ReadonlySet<string>): string[] =>
  [...[...a].filter((item) => !b.has(item)), ...[...b].filter((item) => !a.has(item))].sort();

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
