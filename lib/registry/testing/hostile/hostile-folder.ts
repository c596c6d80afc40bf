import { encodeFloats } from "#lib/platform/safetensors/elements.ts";
import type { TensorBytes } from "#lib/platform/safetensors/encode.ts";
import type { TrainingContract } from "#lib/pools/schema.ts";
import type { PoolRules } from "../../browser/check-against-pool.ts";
import type { FolderFile } from "../../browser/check-folder.ts";
import { CONFIG_FILE, WEIGHTS_FILE } from "../../browser/file-set.ts";
import type { FindingCode } from "../../browser/finding-codes.ts";
import { type Folder, goodFolder, withFile, withTensors } from "../adapter-folder.ts";

/** A file whose bytes after `head` are all zero: as large as one likes, for nothing. */
export type SparseFile = { head: Uint8Array<ArrayBuffer>; sizeBytes: number };
export type HostileFiles = ReadonlyMap<string, Uint8Array<ArrayBuffer> | SparseFile>;

/** A folder that is wrong in one way, and every code but passes and notes that it must get. */
export type HostileFolder = {
  name: string;
  files: () => HostileFiles;
  codes: readonly FindingCode[];
  /** Notes and passes that it must get as well. */
  also?: readonly FindingCode[];
  /** Where the fault shows only against another pool than that of the tiny Llama. */
  pool?: Partial<PoolRules>;
  contract?: Partial<TrainingContract>;
};

export const CONFIG = CONFIG_FILE;
export const WEIGHTS = WEIGHTS_FILE;
/** Path of the first layer's modules in a file of PEFT. */
export const LAYER = "base_model.model.model.layers.0";
/** A sound adapter with its tokenizer's files. Made once: no fixture changes it in place. */
export const GOOD: Folder = goodFolder("support-bot");

export const sizeOf = (file: Uint8Array | SparseFile): number => ("head" in file ? file.sizeBytes : file.byteLength);

/** The folder as the checks read it, without ever making a large file. */
export const hostileFiles = (files: HostileFiles): FolderFile[] =>
  [...files].map(([path, file]) => ({
    path,
    sizeBytes: sizeOf(file),
    read: async (begin, end) => {
      if (!("head" in file)) return file.subarray(begin, end);
      const bytes = new Uint8Array(end - begin);
      bytes.set(file.head.subarray(begin, end));
      return bytes;
    },
  }));

export const text = (content: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(content);
/** Latin-1 text as bytes. */
export const latin = (content: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(content, (char) => char.charCodeAt(0));

export const joined = (...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> => {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.byteLength;
  }
  return whole;
};

/** The length field of a safetensors file. */
export const lengthField = (bytes: bigint): Uint8Array<ArrayBuffer> => {
  const field = new Uint8Array(8);
  new DataView(field.buffer).setBigUint64(0, bytes, true);
  return field;
};

export const withWeights = (bytes: Uint8Array<ArrayBuffer>): Folder => withFile(GOOD, WEIGHTS, bytes);
export const withSparse = (name: string, file: SparseFile): HostileFiles =>
  new Map<string, Uint8Array<ArrayBuffer> | SparseFile>([...GOOD, [name, file]]);

export const renamed = (from: string | RegExp, to: string): Folder =>
  withTensors(GOOD, (tensors) => tensors.map((tensor) => ({ ...tensor, name: tensor.name.replace(from, to) })));

/** A tensor of one value. */
export const filled = (name: string, shape: readonly number[], value = 0.1): TensorBytes => ({
  name,
  dtype: "BF16",
  shape,
  data: encodeFloats(new Float32Array(shape.reduce((product, side) => product * side, 1)).fill(value), "BF16"),
});

/** Good tensors and some more. */
export const withMore = (...tensors: readonly TensorBytes[]): Folder =>
  withTensors(GOOD, (list) => [...list, ...tensors]);
