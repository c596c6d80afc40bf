import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { silentLog } from "#lib/platform/log.ts";
import { writeSeededAdapter } from "#lib/platform/safetensors/seeded-adapter.ts";
import type { Version } from "#lib/registry/schema.ts";
import type { SimNodeInput } from "#lib/sim/options.ts";
import { type SimNode, startSimNode } from "#lib/sim/start-node.ts";
import type { Client } from "../client.ts";

const fixture = (path: string) => fileURLToPath(new URL(`../../../e2e/fixtures/${path}`, import.meta.url));
export const BASE_MODEL = "switchyard/tiny-llama";
const MODEL_DIR = fixture("tiny-llama");
const json = async (path: string) => JSON.parse(await readFile(path, "utf8"));

export type FileMap = ReadonlyMap<string, Uint8Array>;

/** The files of one of the two adapters that PEFT trained for the tiny Llama. */
export async function trainedAdapter(name: "support-bot" | "billing-helper"): Promise<FileMap> {
  const folder = fixture(`adapters/${name}`);
  const names = await readdir(folder);
  return new Map(await Promise.all(names.map(async (file) => [file, await readFile(join(folder, file))] as const)));
}

/** An adapter from a seed; a faint one passes every check of its files, loads everywhere and changes no answer. */
export async function seededAdapter(
  seed: string,
  isFaint = false,
  { rank = 16, baseModel = BASE_MODEL }: { rank?: number; baseModel?: string } = {},
): Promise<FileMap> {
  const baseConfig = await json(join(MODEL_DIR, "config.json"));
  return writeSeededAdapter({
    seed,
    baseModel,
    baseConfig,
    rank,
    alpha: 32,
    effect: isFaint ? 1e-8 : 0.5,
  }).files;
}

/** A simulated node for the tiny Llama on a given or any free port; `more` sets what a test is about. */
export const startNode = (name: string, port = 0, more: Partial<SimNodeInput> = {}): Promise<SimNode> =>
  startSimNode({
    port,
    name,
    baseModel: BASE_MODEL,
    modelDir: MODEL_DIR,
    speed: 200,
    maxLoras: 4,
    maxCpuLoras: 8,
    control: true,
    log: silentLog,
    ...more,
  });

/** A pool for the tiny Llama whose nodes read the adapter store at the same path. */
export async function addPool(
  admin: Client,
  adapterDirectory: string,
  change: { slug?: string; maxLoras?: number; maxCpuLoras?: number } = {},
) {
  return admin.call("POST /pools", {
    body: {
      slug: "tiny",
      name: "Tiny",
      baseModel: BASE_MODEL,
      files: {
        configJson: await json(join(MODEL_DIR, "config.json")),
        tokenizerJson: await json(join(MODEL_DIR, "tokenizer.json")),
        tokenizerConfigJson: await json(join(MODEL_DIR, "tokenizer_config.json")),
        chatTemplate: await readFile(join(MODEL_DIR, "chat_template.jinja"), "utf8"),
      },
      maxModelLen: 8192,
      maxLoras: 4,
      maxLoraRank: 16,
      maxCpuLoras: 8,
      adapterDirectory,
      ...change,
    },
  });
}

/** Draft → files → complete, as the console and any program do it. */
export async function addVersion(admin: Client, adapterId: string, files: FileMap): Promise<Version> {
  const draft = await admin.call("POST /adapters/{adapterId}/versions", {
    params: { adapterId },
    body: { files: [...files].map(([path, bytes]) => ({ path, sizeBytes: bytes.byteLength })) },
  });
  for (const [fileName, bytes] of files)
    await admin.call("PUT /versions/{versionId}/files/{fileName}", {
      params: { versionId: draft.id, fileName },
      stream: Buffer.from(bytes),
    });
  return admin.call("POST /versions/{versionId}/complete", { params: { versionId: draft.id } });
}
