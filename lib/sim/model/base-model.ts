import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { type BaseShapes, readBaseShapes } from "#lib/platform/safetensors/base-shapes.ts";
import { hashText } from "../hash.ts";
import { createTokenizer, type Tokenizer } from "./tokenizer.ts";

/** The base a node serves: its shapes and tokenizer are real, its weights are a seed. */
export type BaseModel = {
  /** Served name, the metrics' `model_name`. */
  name: string;
  /** `root` in /v1/models. */
  directory: string;
  shapes: BaseShapes;
  tokenizer: Tokenizer;
  /** Ids that end an answer. */
  eosIds: ReadonlySet<number>;
  /** Stands for the weights: two nodes of one base have the same. */
  seed: number;
};

const shared = new Map<string, { stamp: string; base: Promise<BaseModel> }>();

/**
 * As `readBaseModel`, read once for all nodes of this process that serve the same base; read again when a file changed.
 * @throws Error as `readBaseModel`
 */
export async function sharedBaseModel(name: string, directory: string, seed: number): Promise<BaseModel> {
  const stamps = ["config.json", "tokenizer.json"].map((file) =>
    stat(join(directory, file)).then(
      ({ mtimeMs, size, ino }) => `${mtimeMs}/${size}/${ino}`,
      () => "",
    ),
  );
  const stamp = (await Promise.all(stamps)).join(" ");
  const key = JSON.stringify([name, directory, seed]);
  const known = shared.get(key);
  if (known?.stamp === stamp) return known.base;
  const base = readBaseModel(name, directory, seed);
  shared.set(key, { stamp, base });
  base.catch(() => shared.delete(key));
  return base;
}

/**
 * Reads config.json and tokenizer.json of a model directory.
 * @throws Error that names the file when one is missing or of a kind a simulated node does not know
 */
export async function readBaseModel(name: string, directory: string, seed: number): Promise<BaseModel> {
  const configText = await readModelFile(directory, "config.json");
  const config = JSON.parse(configText) as Record<string, unknown>;
  const shapes = readBaseShapes(config);
  if (shapes === null) throw new Error(`${directory}/config.json is not of an architecture the simulation knows.`);
  const tokenizer = createTokenizer(JSON.parse(await readModelFile(directory, "tokenizer.json")));
  const eos = config.eos_token_id;
  const eosIds = new Set([eos].flat().filter((id) => typeof id === "number"));
  return { name, directory, shapes, tokenizer, eosIds, seed: hashText(JSON.stringify(shapes), seed) };
}

async function readModelFile(directory: string, file: string): Promise<string> {
  try {
    return await readFile(join(directory, file), "utf8");
  } catch (cause) {
    throw new Error(`A simulated node needs ${file} in its model directory ${directory}.`, { cause });
  }
}
