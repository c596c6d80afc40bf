import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import { decodeFloats, isFloatDtype } from "#lib/platform/safetensors/elements.ts";
import { type HeaderProblem, parseSafetensorsHeader, type Tensor } from "#lib/platform/safetensors/header.ts";
import { hashText } from "../hash.ts";
import { AdapterNotFound, InvalidAdapter } from "./adapter-errors.ts";
import { type LoraPair, moduleAt, type Places, pairsOf } from "./adapter-tensors.ts";
import type { BaseModel } from "./base-model.ts";
import { addModuleEffect, EFFECT_SIZE } from "./effect.ts";
import { type PeftConfig, type PeftRules, readPeftConfig, scalingOf } from "./peft-config.ts";
import { slotProblemOf } from "./slot-problem.ts";

/** What a node keeps of an adapter: enough to answer like it, not its 42 MB. */
export type AdapterWeights = {
  /** sha256 of adapter_model.safetensors, hex. */
  digest: string;
  rank: number;
  sizeBytes: number;
  /** EFFECT_SIZE x EFFECT_SIZE; all zero when B is zero or nothing in the file is a module of the base. */
  effect: Float64Array;
  /** Why the copy into a GPU slot fails, in torch's words; null = it does not. */
  slotProblem: string | null;
};

/**
 * Reads an adapter directory as vLLM's worker does: config, rules, file names, then every byte of the weights.
 * @throws AdapterNotFound, InvalidAdapter
 */
export async function loadAdapter(
  request: { name: string; path: string },
  base: BaseModel,
  rules: PeftRules,
): Promise<AdapterWeights> {
  const { name, path } = request;
  const config = await readConfig(name, path, rules);
  const file = join(path, "adapter_model.safetensors");
  const bytes = await readFile(file).catch(() => null);
  if (bytes === null) {
    if (await hasPickle(path)) throw new InvalidAdapter("a simulated node reads safetensors only, not pickled weights");
    throw new InvalidAdapter(`${path} doesn't contain tensors`);
  }
  const parsed = parseSafetensorsHeader(bytes);
  if (!parsed.ok) throw new InvalidAdapter(`Error while deserializing header: ${readerWords(parsed.problem)}`);
  const pairs = pairsOf(parsed.header.tensors, path, base.shapes);
  const places: Places = { layers: base.shapes.layers, targetModules: rules.targetModules };
  return {
    digest: createHash("sha256").update(bytes).digest("hex"),
    rank: config.r,
    sizeBytes: bytes.byteLength,
    effect: effectOf(bytes, pairs, { config, places, readsPatterns: rules.readsPatterns }),
    slotProblem: slotProblemOf(pairs, base.shapes, { maxLoraRank: rules.maxLoraRank, places }),
  };
}

async function readConfig(name: string, path: string, rules: PeftRules): Promise<PeftConfig> {
  // A relative path would be resolved, or downloaded from a model hub; a simulated node has neither.
  if (!isAbsolute(path)) throw new AdapterNotFound(name, path);
  const json = await readFile(join(path, "adapter_config.json"), "utf8").catch(() => null);
  if (json === null) throw new AdapterNotFound(name, path);
  const read = readPeftConfig(json, rules);
  if (!read.ok) throw new InvalidAdapter(read.reason);
  return read.config;
}

async function hasPickle(path: string): Promise<boolean> {
  const found = ["adapter_model.bin", "adapter_model.pt"].map((file) =>
    stat(join(path, file)).then(Boolean, () => false),
  );
  return (await Promise.all(found)).includes(true);
}

/** What the safetensors library says for the same fault. */
function readerWords(problem: HeaderProblem): string {
  switch (problem.code) {
    case "safetensors_truncated":
    case "safetensors_trailing":
      return "incomplete metadata, file not fully covered";
    case "safetensors_overlap":
      return `invalid offset for tensor \`${problem.tensor ?? ""}\``;
    case "safetensors_header":
    case "safetensors_duplicate_key":
      return `invalid JSON in header: ${problem.message}`;
    case "safetensors_header_too_large":
    case "safetensors_too_many_tensors":
      return "header too large";
    case "safetensors_size":
      return "tensor invalid info";
    case "dtype_unsupported":
      return `invalid JSON in header: unknown variant: ${problem.message}`;
  }
}

function effectOf(
  bytes: Uint8Array,
  pairs: ReadonlyMap<string, LoraPair>,
  rules: { config: PeftConfig; places: Places; readsPatterns: boolean },
): Float64Array {
  const effect = new Float64Array(EFFECT_SIZE * EFFECT_SIZE);
  for (const [path, { a, b }] of pairs) {
    const scaling = scalingOf(rules.config, path, rules.readsPatterns);
    // vLLM multiplies B by the scaling without looking whether there is one.
    if (b === null && scaling !== 1)
      throw new InvalidAdapter("unsupported operand type(s) for *=: 'NoneType' and 'float'");
    if (a === null || b === null || moduleAt(path, rules.places) === null) continue;
    addModuleEffect(effect, {
      a: floatsOf(bytes, a),
      b: floatsOf(bytes, b),
      rank: a.shape[0] ?? 1,
      scaling,
      module: hashText(path),
    });
  }
  return effect;
}

/** vLLM converts whatever is stored to the node's dtype and says nothing. */
function floatsOf(bytes: Uint8Array, { dtype, begin, end, name }: Tensor): Float32Array {
  // A copy: its first byte must be aligned to any size.
  const data = new Uint8Array(bytes.subarray(begin, end));
  if (isFloatDtype(dtype)) return decodeFloats(data, dtype);
  switch (dtype) {
    case "F64":
      return Float32Array.from(new Float64Array(data.buffer));
    case "I8":
      return Float32Array.from(new Int8Array(data.buffer));
    case "U8":
      return Float32Array.from(data);
    case "I16":
      return Float32Array.from(new Int16Array(data.buffer));
    case "I32":
      return Float32Array.from(new Int32Array(data.buffer));
    default:
      throw new InvalidAdapter(`a simulated node does not read ${dtype} weights (${name})`);
  }
}
