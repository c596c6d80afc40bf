import type { SafetensorsDtype } from "./header.ts";

export type TensorBytes = { name: string; dtype: SafetensorsDtype; shape: readonly number[]; data: Uint8Array };

/**
 * A whole safetensors file: tensors in the order given, header padded with spaces to a multiple of 8 so that the data
 * is aligned, as the format's own writer does. Sizes are taken as given: a test may lie.
 */
export function encodeSafetensors(
  tensors: readonly TensorBytes[],
  metadata: Record<string, string> | null = { format: "pt" },
): Uint8Array<ArrayBuffer> {
  let at = 0;
  const entries = tensors.map((tensor) => {
    const begin = at;
    at += tensor.data.byteLength;
    return [tensor.name, { dtype: tensor.dtype, shape: tensor.shape, data_offsets: [begin, at] }] as const;
  });
  const header = Object.fromEntries([...(metadata ? [["__metadata__", metadata] as const] : []), ...entries]);
  return assembleSafetensors(
    JSON.stringify(header),
    tensors.map((tensor) => tensor.data),
  );
}

/** The bytes of a file with this header text and this data. */
export function assembleSafetensors(headerJson: string, data: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const json = new TextEncoder().encode(headerJson);
  const headerBytes = Math.ceil(json.byteLength / 8) * 8;
  const file = new Uint8Array(8 + headerBytes + data.reduce((sum, part) => sum + part.byteLength, 0));
  new DataView(file.buffer).setBigUint64(0, BigInt(headerBytes), true);
  file.fill(0x20, 8, 8 + headerBytes);
  file.set(json, 8);
  let at = 8 + headerBytes;
  for (const part of data) {
    file.set(part, at);
    at += part.byteLength;
  }
  return file;
}
