import { readFileSync } from "node:fs";
import { readBaseShapes } from "#lib/platform/safetensors/base-shapes.ts";
import { assembleSafetensors, encodeSafetensors, type TensorBytes } from "#lib/platform/safetensors/encode.ts";
import { parseSafetensorsHeader } from "#lib/platform/safetensors/header.ts";
import { slotBytes } from "#lib/pools/slot-bytes.ts";
import type { PoolRules } from "../browser/check-against-pool.ts";
import type { FolderFile } from "../browser/check-folder.ts";
import { CONFIG_FILE, WEIGHTS_FILE } from "../browser/file-set.ts";

const FIXTURES = new URL("../../../e2e/fixtures/", import.meta.url);
const readBytes = (path: string): Uint8Array<ArrayBuffer> => new Uint8Array(readFileSync(new URL(path, FIXTURES)));
const readJson = (path: string): Record<string, unknown> => JSON.parse(readFileSync(new URL(path, FIXTURES), "utf8"));

/** An adapter's folder in memory: bytes by file name. */
export type Folder = Map<string, Uint8Array<ArrayBuffer>>;

/** The tiny Llama that both committed adapters were trained on. */
export const BASE = {
  baseModel: "switchyard/tiny-llama",
  configJson: readJson("tiny-llama/config.json"),
  tokenizerJson: readJson("tiny-llama/tokenizer.json"),
  tokenizerConfigJson: readJson("tiny-llama/tokenizer_config.json"),
  chatTemplate: readFileSync(new URL("tiny-llama/chat_template.jinja", FIXTURES), "utf8"),
};

const baseShapes = readBaseShapes(BASE.configJson);
/** A pool the committed adapters fit. */
export const POOL_RULES: PoolRules = {
  baseModel: BASE.baseModel,
  baseRevision: null,
  baseAliases: [],
  otherBases: [],
  engineVersions: ["0.32.0"],
  architecture: "LlamaForCausalLM",
  baseShapes,
  maxLoraRank: 16,
  dtype: "bfloat16",
  slotBytes: slotBytes({ baseShapes, maxLoraRank: 16, dtype: "bfloat16" }),
};

/** A committed adapter, as PEFT wrote it: support-bot with its tokenizer's files, billing-helper without. */
export const goodFolder = (name: "support-bot" | "billing-helper"): Folder => {
  const extra = name === "support-bot" ? ["tokenizer.json", "tokenizer_config.json", "chat_template.jinja"] : [];
  return new Map([CONFIG_FILE, WEIGHTS_FILE, ...extra].map((file) => [file, readBytes(`adapters/${name}/${file}`)]));
};

const bytesOf = (folder: Folder, file: string): Uint8Array<ArrayBuffer> => {
  const bytes = folder.get(file);
  if (bytes === undefined) throw new Error(`the folder has no ${file}`);
  return bytes;
};

/** The folder with one key of one JSON file changed; undefined removes it. */
export const withKey = (folder: Folder, file: string, key: string, value: unknown): Folder => {
  const json = { ...JSON.parse(new TextDecoder().decode(bytesOf(folder, file))), [key]: value };
  return withFile(folder, file, JSON.stringify(json));
};

export const withFile = (folder: Folder, file: string, content: string | Uint8Array<ArrayBuffer>): Folder =>
  new Map([...folder, [file, typeof content === "string" ? new TextEncoder().encode(content) : content]]);

export const withoutFile = (folder: Folder, file: string): Folder =>
  new Map([...folder].filter(([name]) => name !== file));

/** The folder with its tensors put through `change`, everything else as it was. */
export function withTensors(folder: Folder, change: (tensors: TensorBytes[]) => TensorBytes[]): Folder {
  const bytes = bytesOf(folder, WEIGHTS_FILE);
  const parsed = parseSafetensorsHeader(bytes);
  if (!parsed.ok) throw new Error(parsed.problem.message);
  const tensors = parsed.header.tensors.map(({ name, dtype, shape, begin, end }) => ({
    name,
    dtype,
    shape,
    data: bytes.slice(begin, end),
  }));
  return withFile(folder, WEIGHTS_FILE, encodeSafetensors(change(tensors)));
}

/** The folder with the header's JSON text put through `change` and the data as it was. */
export function withHeaderText(folder: Folder, change: (json: string) => string): Folder {
  const bytes = bytesOf(folder, WEIGHTS_FILE);
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true));
  const json = new TextDecoder().decode(bytes.subarray(8, 8 + length));
  return withFile(folder, WEIGHTS_FILE, assembleSafetensors(change(json), [bytes.subarray(8 + length)]));
}

/** One tensor, the first whose name ends so, changed. */
export const withTensor = (folder: Folder, ending: string, change: (tensor: TensorBytes) => TensorBytes): Folder =>
  withTensors(folder, (tensors) => {
    const at = tensors.findIndex(({ name }) => name.endsWith(ending));
    return tensors.map((tensor, i) => (i === at ? change(tensor) : tensor));
  });

/** The folder as the checks read it. */
export const folderFiles = (folder: Folder): FolderFile[] =>
  [...folder].map(([path, bytes]) => ({
    path,
    sizeBytes: bytes.byteLength,
    read: async (begin, end) => bytes.subarray(begin, end),
  }));
