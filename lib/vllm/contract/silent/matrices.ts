import { decodeFloats, encodeFloats } from "#lib/platform/safetensors/elements.ts";
import type { TensorBytes } from "#lib/platform/safetensors/encode.ts";
import { seededRandom } from "#lib/platform/safetensors/seeded-random.ts";

/** Changes to the tensors of the trained adapters, which are all bfloat16 matrices of rank 16. */
type OnTensor = (tensor: TensorBytes) => TensorBytes;

/** Every value put through `change`. */
export const mapped =
  (change: (value: number, at: number) => number): OnTensor =>
  (tensor) => ({ ...tensor, data: encodeFloats(decodeFloats(tensor.data, "BF16").map(change), "BF16") });

/** The leading part of a matrix, or the matrix in the leading part of a larger one of zeros. */
export const resized =
  (sizeOf: (rows: number, columns: number) => readonly [number, number]): OnTensor =>
  (tensor) => {
    const [rows = 1, columns = 1] = tensor.shape;
    const [toRows, toColumns] = sizeOf(rows, columns);
    const from = decodeFloats(tensor.data, "BF16");
    const to = new Float32Array(toRows * toColumns);
    for (let row = 0; row < Math.min(rows, toRows); row += 1)
      for (let column = 0; column < Math.min(columns, toColumns); column += 1)
        to[row * toColumns + column] = from[row * columns + column] ?? 0;
    return { ...tensor, shape: [toRows, toColumns], data: encodeFloats(to, "BF16") };
  };

/** The same values in another format; whole numbers are rounded and cut to its range. */
export const storedAs =
  (dtype: "F32" | "F16" | "F64" | "I8"): OnTensor =>
  (tensor) => {
    const values = decodeFloats(tensor.data, "BF16");
    return { ...tensor, dtype, data: bytesOf(values, dtype) };
  };

function bytesOf(values: Float32Array, dtype: "F32" | "F16" | "F64" | "I8"): Uint8Array {
  switch (dtype) {
    case "F32":
    case "F16":
      return encodeFloats(values, dtype);
    case "F64":
      return new Uint8Array(Float64Array.from(values).buffer);
    case "I8":
      return new Uint8Array(Int8Array.from(values, (value) => Math.max(-128, Math.min(127, value))).buffer);
  }
}

/** A bfloat16 tensor of a seed, values within `bound`. */
export function seededTensor(name: string, shape: readonly number[], bound: number): TensorBytes {
  const random = seededRandom(`silent/${name}`);
  const count = shape.reduce((product, side) => product * side, 1);
  const values = Float32Array.from({ length: count }, () => (2 * random() - 1) * bound);
  return { name, dtype: "BF16", shape, data: encodeFloats(values, "BF16") };
}
