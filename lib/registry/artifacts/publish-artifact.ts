import { randomUUID } from "node:crypto";
import { chmod, lstat, mkdir, open, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { AppError } from "#lib/platform/errors.ts";
import { systemCode } from "#lib/platform/system-code.ts";
import type { StoredFile } from "./artifact-files.ts";
import { damagedRoot } from "./store-layout.ts";
import { verifyDigest } from "./verify-digest.ts";

/**
 * Moves a proven directory to its final place: files read-only, one atomic rename, everything synced, so that a power
 * cut at any moment leaves either the whole directory or none. When the place is already taken by the same bytes they
 * stay and the new ones go. Can be done again after a crash.
 * @param incoming holds the synced files; @param target is named by their digest, two levels below the store's root
 * @param mayReplace nothing but quarantined versions uses what stands in the place: other bytes are set aside
 * @throws AppError `unavailable` (`store_damaged`) when other bytes stand in the place and something uses them
 */
export async function publishArtifact(
  incoming: string,
  target: string,
  files: readonly StoredFile[],
  mayReplace = false,
): Promise<void> {
  await dropUnlisted(incoming, files);
  const parent = dirname(target);
  await makeParent(parent);
  await sealFiles(incoming, files);
  if (incoming !== target) await moveInPlace(incoming, target, files, mayReplace);
  await chmod(target, 0o555);
  for (const directory of [target, parent, dirname(parent), dirname(incoming)]) await syncDirectory(directory);
}

async function moveInPlace(
  incoming: string,
  target: string,
  files: readonly StoredFile[],
  mayReplace: boolean,
): Promise<void> {
  try {
    await rename(incoming, target);
  } catch (error) {
    if (!isTaken(error)) throw error;
    const check = await verifyDigest(target, files);
    if (check.kind === "ok") {
      // an earlier call may have died between the rename and this
      await sealFiles(target, files);
      await rm(incoming, { recursive: true, force: true });
    } else if (check.kind === "wrong" && mayReplace) {
      await setAside(target);
      await rename(incoming, target);
    } else throw damaged(check.message);
  }
}

/** @throws AppError `unavailable` unless the directory holds exactly these files */
export async function requireSame(directory: string, files: readonly StoredFile[]): Promise<void> {
  const check = await verifyDigest(directory, files);
  if (check.kind !== "ok") throw damaged(check.message);
}

const damaged = (message: string): AppError =>
  new AppError("unavailable", `The adapter store already holds other bytes under this digest. ${message}`, {
    reason: "store_damaged",
    fix: "Have the version that has these bytes verified: it is quarantined then, and the same files can be added again.",
  });

/** What was damaged is kept: somebody may want to know what happened. */
async function setAside(target: string): Promise<void> {
  const root = damagedRoot(dirname(dirname(target)));
  await mkdir(root, { recursive: true, mode: 0o700 });
  const isDirectory = (await lstat(target)).isDirectory();
  if (isDirectory) await chmod(target, 0o755); // a directory that is moved must be writable for its owner
  await rename(target, join(root, `${basename(dirname(target))}-${basename(target)}-${randomUUID()}`));
  await syncDirectory(root);
}

/** Never through a link: whoever may make one in the store could lead the bytes elsewhere. */
async function makeParent(parent: string): Promise<void> {
  await mkdir(parent, { recursive: true, mode: 0o755 });
  if ((await lstat(parent)).isDirectory()) return;
  throw new AppError("unavailable", `${basename(parent)} in the adapter store is not a directory.`, {
    reason: "store_damaged",
    fix: "Remove what is there, such as a symbolic link, then try again.",
  });
}

/** Read-only, and that on disk too: the modes are part of what must survive a power cut. */
async function sealFiles(directory: string, files: readonly StoredFile[]): Promise<void> {
  await Promise.all(
    files.map(async ({ path }) => {
      const handle = await open(join(directory, path), "r");
      try {
        await handle.chmod(0o444);
        await handle.sync();
      } finally {
        await handle.close();
      }
    }),
  );
  await syncDirectory(directory);
}

/** Remains of uploads that broke off are not part of the version. */
async function dropUnlisted(directory: string, files: readonly StoredFile[]): Promise<void> {
  const known = new Set(files.map(({ path }) => path));
  const unlisted = (await readdir(directory)).filter((name) => !known.has(name));
  await Promise.all(unlisted.map((name) => rm(join(directory, name), { recursive: true, force: true })));
}

/** ENOTDIR: a file or a link stands there. */
const isTaken = (error: unknown): boolean => ["ENOTEMPTY", "EEXIST", "ENOTDIR"].includes(systemCode(error) ?? "");

/** A rename survives a power cut only once its directory is on disk. */
async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
