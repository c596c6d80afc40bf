import { chmod, mkdir, open, readdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { AppError } from "#lib/platform/errors.ts";
import { type StoredFile, verifyDigest } from "./artifact-files.ts";

/**
 * Moves a proven directory to its final place: files read-only, one atomic rename, everything synced. When the place is
 * already taken by the same bytes they stay and the new ones go.
 * @param incoming holds the synced files; @param target is named by their digest
 * @throws AppError `unavailable` when other bytes stand in the place
 */
export async function publishArtifact(incoming: string, target: string, files: readonly StoredFile[]): Promise<void> {
  await dropStrangers(incoming, files);
  await Promise.all(files.map(({ path }) => chmod(join(incoming, path), 0o444)));
  const parent = dirname(target);
  await mkdir(parent, { recursive: true, mode: 0o755 });
  await syncDirectory(incoming);
  try {
    await rename(incoming, target);
  } catch (error) {
    if (!isTaken(error)) throw error;
    await requireSame(target, files);
    await rm(incoming, { recursive: true, force: true });
    return;
  }
  await chmod(target, 0o555);
  await syncDirectory(target);
  await syncDirectory(parent);
  await syncDirectory(dirname(parent));
}

/** @throws AppError `unavailable` unless the directory holds exactly these files */
export async function requireSame(directory: string, files: readonly StoredFile[]): Promise<void> {
  const check = await verifyDigest(directory, files);
  if (check.kind === "ok") return;
  throw new AppError("unavailable", `The adapter store already holds other bytes under this digest. ${check.message}`, {
    reason: "store_damaged",
    fix: "Restore the directory from a backup, or remove it if no node needs it, then try again.",
  });
}

/** Remains of uploads that broke off are not part of the version. */
async function dropStrangers(directory: string, files: readonly StoredFile[]): Promise<void> {
  const known = new Set(files.map(({ path }) => path));
  const strangers = (await readdir(directory)).filter((name) => !known.has(name));
  await Promise.all(strangers.map((name) => rm(join(directory, name), { recursive: true, force: true })));
}

const isTaken = (error: unknown): boolean =>
  error instanceof Error && "code" in error && (error.code === "ENOTEMPTY" || error.code === "EEXIST");

/** A rename survives a power cut only once its directory is on disk. */
async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
