import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { architectureOf, readBaseShapes } from "#lib/platform/safetensors/base-shapes.ts";
import { architectureChecksum, chatTemplateChecksum, tokenizerChecksum } from "#lib/pools/fingerprint.ts";
import type { CheckedPool } from "#lib/registry/checks/check-artifact.ts";
import { checkDirectory } from "#lib/registry/contract/check-directory.ts";
import type { Finding } from "#lib/registry/schema.ts";
import { STANDARD_START } from "#lib/vllm/contract/point.ts";
import type { Row } from "#lib/vllm/contract/silent/row.ts";
import { BASE_MODEL, TINY_LLAMA } from "../adapter-directories.ts";
import type { RowDirectories } from "./row-directories.ts";

/**
 * What Switchyard's own checks find in the directory of each row, by its id.
 * @param version of the engine that the pool's nodes run
 */
export async function checkRows(
  rows: readonly Row[],
  directories: RowDirectories,
  version: string,
): Promise<ReadonlyMap<string, readonly Finding[]>> {
  const pool = await tinyPool(version);
  const found = new Map<string, readonly Finding[]>();
  for (const row of rows) found.set(row.id, await checkDirectory(directories.directory(row), pool));
  return found;
}

/** A pool of the base that the engines serve. @param version of vLLM on its nodes */
export async function tinyPool(version: string): Promise<CheckedPool> {
  const read = (name: string) => readFile(join(TINY_LLAMA, name), "utf8");
  const config = JSON.parse(await read("config.json")) as Record<string, unknown>;
  const tokenizer = JSON.parse(await read("tokenizer.json")) as Record<string, unknown>;
  return {
    baseModel: BASE_MODEL,
    baseRevision: "main",
    baseAliases: [],
    otherBases: [],
    engineVersions: [version],
    chatTemplate: await read("chat_template.jinja"),
    architecture: architectureOf(config) ?? "unknown",
    baseShapes: readBaseShapes(config),
    architectureChecksum: architectureChecksum(config),
    tokenizerChecksum: tokenizerChecksum(tokenizer),
    chatTemplateChecksum: chatTemplateChecksum(await read("chat_template.jinja")),
    maxLoraRank: STANDARD_START.maxLoraRank,
    maxModelLen: STANDARD_START.maxModelLen,
    dtype: "bfloat16",
  };
}
