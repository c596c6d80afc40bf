import { createHash, randomBytes } from "node:crypto";
import { chmod, mkdir, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "#lib/platform/clock.ts";
import { writeSeededAdapter } from "#lib/platform/safetensors/seeded-adapter.ts";
import { digest12, manifestDigest } from "#lib/registry/artifacts/store-layout.ts";
import { REFERENCE_FOLDER, referenceName } from "./reference-name.ts";

/** What a crash left behind goes after this long; no proof takes as long. */
const LEFTOVER_MS = 3_600_000;
/** Two modules and one rank: half a megabyte for a model of 8B, and enough to change every answer. */
const MODULES = ["q_proj", "v_proj"] as const;

export type ReferenceAdapter = {
  loraName: string;
  /** Below the adapter store, here and on the node. */
  storePath: string;
  remove(): Promise<void>;
};

/**
 * Writes a tiny adapter for the pool's base model into the adapter store, with bytes that never were there before: a node
 * that loads it reads this very store, not a copy of it.
 * @throws Error when the shapes are unknown or the store cannot be written
 */
export async function writeReferenceAdapter(
  adapterStore: string,
  clock: Clock,
  pool: { baseModel: string; baseConfig: Record<string, unknown> },
): Promise<ReferenceAdapter> {
  const seed = randomBytes(16).toString("hex");
  const { baseModel, baseConfig } = pool;
  const spec = { seed, baseModel, baseConfig, rank: 1, alpha: 2, targetModules: MODULES };
  const { files } = writeSeededAdapter(spec);
  const digest = manifestDigest(
    [...files].map(([path, bytes]) => ({ path, sizeBytes: bytes.byteLength, sha256: sha256(bytes) })),
  );
  const folder = join(adapterStore, REFERENCE_FOLDER);
  await mkdir(folder, { recursive: true, mode: 0o755 });
  await removeLeftovers(folder, clock.now().getTime());
  const part = join(folder, `.part-${seed}`);
  await mkdir(part, { mode: 0o755 });
  for (const [path, bytes] of files) {
    await writeFile(join(part, path), bytes);
    await chmod(join(part, path), 0o444);
  }
  // a node must never find half of it
  const directory = join(folder, digest12(digest));
  await rename(part, directory);
  await chmod(directory, 0o755);
  return {
    loraName: referenceName(Math.floor(clock.now().getTime() / 1000), digest12(digest)),
    storePath: `${REFERENCE_FOLDER}/${digest12(digest)}`,
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

async function removeLeftovers(folder: string, nowMs: number): Promise<void> {
  for (const name of await readdir(folder)) {
    const found = await stat(join(folder, name)).catch(() => null); // another proof removed it
    if (found && nowMs - found.mtimeMs > LEFTOVER_MS) await rm(join(folder, name), { recursive: true, force: true });
  }
}
