import type { FileHandle } from "node:fs/promises";
import { type FloatDtype, isFloatDtype } from "#lib/platform/safetensors/elements.ts";
import type { Tensor } from "#lib/platform/safetensors/header.ts";
import { readBlocks } from "../artifacts/artifact-files.ts";
import { parseTensorName } from "../browser/tensor-name.ts";
import type { TensorProblem } from "../browser/tensor-problem.ts";

export type ValueScan = {
  /** One problem for each tensor with NaN or infinity. */
  problems: TensorProblem[];
  /** True when the product B·A is zero in every module: the adapter loads and changes nothing. */
  withoutEffect: boolean;
};

type Layout = { view: (bytes: Uint8Array) => Uint16Array | Uint32Array; exponent: number; magnitude: number };

const words16 = (bytes: Uint8Array) => new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >> 1);
const words32 = (bytes: Uint8Array) => new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >> 2);

/** A float is NaN or infinite when all its exponent bits are set, and zero when all but its sign bit are clear. */
const LAYOUTS: Record<FloatDtype, Layout> = {
  BF16: { view: words16, exponent: 0x7f80, magnitude: 0x7fff },
  F16: { view: words16, exponent: 0x7c00, magnitude: 0x7fff },
  F32: { view: words32, exponent: 0x7f800000, magnitude: 0x7fffffff },
};

/**
 * Looks at little-endian values without decoding them.
 * @param bytes whole elements, aligned in memory to their own size
 */
export function inspectValues(bytes: Uint8Array, dtype: FloatDtype): { finite: boolean; zero: boolean } {
  const { view, exponent, magnitude } = LAYOUTS[dtype];
  const words = view(bytes);
  let seen = 0;
  let finite = true;
  for (let i = 0; i < words.length; i += 1) {
    const word = words[i] ?? 0;
    seen |= word;
    if ((word & exponent) === exponent) finite = false;
  }
  return { finite, zero: (seen & magnitude) === 0 };
}

/** Reads every value of every tensor once, a block at a time. Tensors that are not floats are left out. */
export async function scanValues(weights: FileHandle, tensors: readonly Tensor[]): Promise<ValueScan> {
  const problems: TensorProblem[] = [];
  const zeroParts = new Map<string, boolean>();
  for (const tensor of tensors) {
    const { dtype, name } = tensor;
    if (!isFloatDtype(dtype)) continue;
    let finite = true;
    let zero = true;
    await readBlocks(weights, tensor.begin, tensor.end, (block) => {
      const seen = inspectValues(block, dtype);
      finite &&= seen.finite;
      zero &&= seen.zero;
    });
    if (!finite) problems.push({ code: "values_not_finite", tensor: name, message: "it holds NaN or infinity." });
    const parsed = parseTensorName(name);
    if (parsed.kind === "lora") zeroParts.set(parsed.path, (zeroParts.get(parsed.path) ?? false) || zero);
  }
  return { problems, withoutEffect: zeroParts.size > 0 && [...zeroParts.values()].every(Boolean) };
}
