import { isFloatDtype } from "#lib/platform/safetensors/elements.ts";
import type { Tensor } from "#lib/platform/safetensors/header.ts";
import { sumSquares, type TensorSpan } from "../artifacts/bytes/byte-jobs.ts";
import { parseTensorName } from "../browser/tensors/tensor-name.ts";
import type { TensorProblem } from "../browser/tensors/tensor-problem.ts";
import type { ValueFacts } from "../browser/tensors/value-findings.ts";

/** Frobenius norms of A and B by module path; a module whose values are not finite is left out, as is half a pair. */
export type ModuleNorms = Record<string, [normA: number, normB: number]>;

/** What reading every value told: the findings' facts, and the norms that two versions are compared by. */
export type ValueScan = ValueFacts & { norms: ModuleNorms };

/**
 * Reads every value of every tensor once, in a thread. Tensors that are not floats are left out.
 * @throws UnreadableFile; AppError `unavailable` when the thread died; the signal's reason
 */
export async function scanValues(path: string, tensors: readonly Tensor[], signal?: AbortSignal): Promise<ValueScan> {
  const floats = tensors.filter((tensor): tensor is Tensor & TensorSpan => isFloatDtype(tensor.dtype));
  const spans = floats.map(({ begin, end, dtype }) => ({ begin, end, dtype }));
  const sums = await sumSquares(path, spans, signal ? { signal } : {});
  return valuesOf(floats.map(({ name }, at) => ({ name, sum: sums[at] ?? Number.NaN })));
}

/** @param sums of the squares of each tensor's values: not finite when one of them is not, zero when all of them are */
export function valuesOf(sums: readonly { name: string; sum: number }[]): ValueScan {
  const problems: TensorProblem[] = [];
  const parts = new Map<string, { A?: number; B?: number }>();
  for (const { name, sum } of sums) {
    if (!Number.isFinite(sum))
      problems.push({ code: "values_not_finite", tensor: name, message: "it holds NaN or infinity." });
    const parsed = parseTensorName(name);
    if (parsed.kind === "lora") parts.set(parsed.path, { ...parts.get(parsed.path), [parsed.part]: Math.sqrt(sum) });
  }
  const zeroModules = [...parts].filter(([, { A, B }]) => A === 0 || B === 0).map(([path]) => path);
  const norms: ModuleNorms = {};
  for (const [path, { A, B }] of parts)
    if (A !== undefined && B !== undefined && Number.isFinite(A + B)) norms[path] = [A, B];
  return { problems, modules: [...parts.keys()], zeroModules, norms };
}
