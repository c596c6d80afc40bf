import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { AdapterFiles } from "#lib/vllm/contract/change-adapter.ts";
import type { Row, Sound } from "#lib/vllm/contract/silent/row.ts";
import { ROOT } from "../../launch/root.ts";
import { BASE_MODEL, TINY_LLAMA } from "../adapter-directories.ts";

/** Stores the safetensors of a directory as the pickle that old trainers wrote. */
export type Pickle = (directory: string) => Promise<void>;

/** Where the adapter of each row lies, and those that rows are compared with. */
export type RowDirectories = { directory(row: Row): string; trained: Record<"billing" | "support", string> };

/** The committed adapters as rows change them. */
export async function readSound(): Promise<Sound> {
  return {
    billing: await readFolder("billing-helper"),
    support: await readFolder("support-bot"),
    baseName: BASE_MODEL,
    baseConfig: JSON.parse(await readFile(join(TINY_LLAMA, "config.json"), "utf8")) as Record<string, unknown>,
  };
}

/**
 * Writes one directory a row under `root`.
 * @param pickle null = rows of pickled weights keep a file that is none
 */
export async function writeRowDirectories(
  root: string,
  rows: readonly Row[],
  pickle: Pickle | null,
): Promise<RowDirectories> {
  const sound = await readSound();
  const trained = { billing: join(root, "trained-billing"), support: join(root, "trained-support") };
  await writeFiles(trained.billing, sound.billing);
  await writeFiles(trained.support, sound.support);
  const directory = (row: Row) => join(root, row.id);
  for (const row of rows) {
    await writeFiles(directory(row), row.files(sound));
    if (row.pickled && pickle) await pickle(directory(row));
  }
  return { directory, trained };
}

async function readFolder(name: string): Promise<AdapterFiles> {
  const folder = join(ROOT, "e2e", "fixtures", "adapters", name);
  const names = (await readdir(folder)).filter((file) => !/readme/i.test(file)).sort();
  return new Map(await Promise.all(names.map(async (file) => [file, await readFile(join(folder, file))] as const)));
}

/** Writes a folder, also files in folders below it. */
export async function writeFiles(directory: string, files: AdapterFiles): Promise<void> {
  for (const [name, content] of files) {
    await mkdir(dirname(join(directory, name)), { recursive: true });
    await writeFile(join(directory, name), content);
  }
}
