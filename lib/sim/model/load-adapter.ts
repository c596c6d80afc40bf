import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import { decodeFloats, isFloatDtype } from "#lib/platform/safetensors/elements.ts";
import { type HeaderProblem, parseSafetensorsHeader, type Tensor } from "#lib/platform/safetensors/header.ts";
import { hashText } from "../hash.ts";
import { AdapterNotFound, InvalidAdapter } from "./adapter-errors.ts";
import { type LoraPair, moduleAt, pairsOf } from "./adapter-tensors.ts";
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
  const pairs = pairsOf(parsed.header.tensors, path);
  return {
    digest: createHash("sha256").update(bytes).digest("hex"),
    rank: config.r,
    sizeBytes: bytes.byteLength,
    effect: effectOf(bytes, pairs, { base, config, readsPatterns: rules.readsPatterns }),
    slotProblem: slotProblemOf(pairs, base.shapes, rules.maxLoraRank),
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
      return `invalid JSON in header: ${problem.message}`;
    case "dtype_unsupported":
      return `invalid JSON in header: unknown variant: ${problem.message}`;
  }
}

function effectOf(
  bytes: Uint8Array,
  pairs: ReadonlyMap<string, LoraPair>,
  rules: { base: BaseModel; config: PeftConfig; readsPatterns: boolean },
): Float64Array {
  const effect = new Float64Array(EFFECT_SIZE * EFFECT_SIZE);
  for (const [path, { a, b }] of pairs) {
    const scaling = scalingOf(rules.config, path, rules.readsPatterns);
    // vLLM multiplies B by the scaling without looking whether there is one.
    if (b === null && scaling !== 1)
      throw new InvalidAdapter("unsupported operand type(s) for *=: 'NoneType' and 'float'");
    if (a === null || b === null || moduleAt(path, rules.base.shapes.layers) === null) continue;
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

function floatsOf(bytes: Uint8Array, tensor: Tensor): Float32Array {
  if (!isFloatDtype(tensor.dtype))
    throw new InvalidAdapter(`a simulated node does not read ${tensor.dtype} weights (${tensor.name})`);
  return decodeFloats(bytes.subarray(tensor.begin, tensor.end), tensor.dtype);
}
