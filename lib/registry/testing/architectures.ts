import { readFileSync } from "node:fs";
import { architectureOf, readBaseShapes } from "#lib/platform/safetensors/base-shapes.ts";
import { slotBytes } from "#lib/pools/slot-bytes.ts";
import type { PoolRules } from "../browser/check-against-pool.ts";
import { CONFIG_FILE, WEIGHTS_FILE } from "../browser/file-set.ts";
import type { Folder } from "./adapter-folder.ts";

const ROOT = new URL("../../../e2e/fixtures/architectures/", import.meta.url);

/** Tiny bases of every architecture whose shapes we know. */
export const BASES = ["llama", "mistral", "qwen2", "qwen3", "gemma2"] as const;
export type TinyBase = (typeof BASES)[number];

/** Adapters that PEFT saved, with the base each was made on. */
export const PEFT_ADAPTERS = [
  ["llama", "llama"],
  ["llama-embeddings", "llama"],
  ["mistral", "mistral"],
  ["qwen2", "qwen2"],
  ["qwen3", "qwen3"],
  ["gemma2", "gemma2"],
] as const satisfies readonly (readonly [string, TinyBase])[];

export const baseConfigOf = (base: TinyBase): Record<string, unknown> =>
  JSON.parse(readFileSync(new URL(`bases/${base}/config.json`, ROOT), "utf8"));

/** A pool of rank 8 that serves this base. */
export function poolOf(base: TinyBase): PoolRules {
  const config = baseConfigOf(base);
  const pool = { baseShapes: readBaseShapes(config), maxLoraRank: 8, dtype: "bfloat16" as const };
  return {
    ...pool,
    baseModel: `switchyard/tiny-${base}`,
    baseRevision: null,
    baseAliases: [],
    otherBases: BASES.filter((other) => other !== base).map((other) => `switchyard/tiny-${other}`),
    engineVersions: ["0.32.0"],
    architecture: architectureOf(config) ?? "unknown",
    slotBytes: slotBytes(pool),
  };
}

/** @param name of a folder in the fixtures, such as "qwen3" or "gemma2-embeddings" */
export const peftFolder = (name: string): Folder =>
  new Map(
    [CONFIG_FILE, WEIGHTS_FILE].map((file) => [
      file,
      new Uint8Array(readFileSync(new URL(`adapters/${name}/${file}`, ROOT))),
    ]),
  );
