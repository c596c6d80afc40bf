import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ADAPTER_KINDS, type AdapterKind, contractAdapters } from "#lib/vllm/contract/adapters.ts";
import type { AdapterFiles, GoodAdapter } from "#lib/vllm/contract/change-adapter.ts";
import { ROOT } from "../launch/root.ts";

const FIXTURES = join(ROOT, "e2e", "fixtures");
/** Weights of a trained adapter, for whoever needs a file of them. */
export const TRAINED_WEIGHTS = join(FIXTURES, "adapters", "billing-helper", "adapter_model.safetensors");
export const TINY_LLAMA = join(FIXTURES, "tiny-llama");
export const BASE_MODEL = "switchyard/tiny-llama";

/** Where the suite's adapters lie, and what a check may do with copies of them. */
export type AdapterDirectories = {
  directory(kind: AdapterKind): string;
  ownDirectory(kind: AdapterKind): Promise<string>;
  overwrite(directory: string, kind: AdapterKind): Promise<void>;
  remove(directory: string): Promise<void>;
};

/** Writes every adapter of the suite under `root`, one directory a kind. @param root an empty directory of the caller's */
export async function writeAdapterDirectories(root: string): Promise<AdapterDirectories> {
  const config = JSON.parse(await readFile(join(TINY_LLAMA, "config.json"), "utf8")) as Record<string, unknown>;
  const adapters = contractAdapters(
    { a: await readGood("support-bot"), b: await readGood("billing-helper") },
    { name: BASE_MODEL, config },
  );
  const directory = (kind: AdapterKind) => join(root, kind);
  for (const kind of ADAPTER_KINDS) {
    const files = adapters[kind];
    if (files !== null) await writeFiles(directory(kind), files);
  }
  return {
    directory,
    async ownDirectory(kind) {
      const own = await mkdtemp(join(root, "own-"));
      await cp(directory(kind), own, { recursive: true });
      return own;
    },
    overwrite: (target, kind) => writeFiles(target, adapters[kind] ?? new Map()),
    remove: (target) => rm(target, { recursive: true }),
  };
}

async function readGood(name: string): Promise<GoodAdapter> {
  const folder = join(FIXTURES, "adapters", name);
  return {
    config: await readFile(join(folder, "adapter_config.json"), "utf8"),
    weights: await readFile(join(folder, "adapter_model.safetensors")),
  };
}

async function writeFiles(directory: string, files: AdapterFiles): Promise<void> {
  await mkdir(directory, { recursive: true });
  for (const [name, content] of files) await writeFile(join(directory, name), content);
}
