import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { writeSeededAdapter } from "#lib/platform/safetensors/seeded-adapter.ts";

const BASE_MODEL = "switchyard/tiny-llama";

/** Ways in which a folder can be wrong, each found by another check. */
export type Fault = "rank above the pool's" | "other base model" | "no weights";

/** Writes folders of small adapters for the demo's base, one each, as PEFT would; named ones get a fault. */
export async function writeAdapterFolders(
  root: string,
  names: readonly string[],
  faults: Readonly<Record<string, Fault>> = {},
): Promise<void> {
  const baseConfig = JSON.parse(await readFile("e2e/fixtures/tiny-llama/config.json", "utf8"));
  await rm(root, { recursive: true, force: true });
  for (const name of names) {
    const fault = faults[name];
    const { files } = writeSeededAdapter({
      seed: `e2e/${name}`,
      baseModel: fault === "other base model" ? `${BASE_MODEL}-instruct` : BASE_MODEL,
      baseConfig,
      rank: fault === "rank above the pool's" ? 32 : 16,
      alpha: 32,
    });
    if (fault === "no weights") files.delete("adapter_model.safetensors");
    await mkdir(join(root, name), { recursive: true });
    for (const [file, bytes] of files) await writeFile(join(root, name, file), bytes);
  }
}
