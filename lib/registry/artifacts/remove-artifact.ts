import { randomUUID } from "node:crypto";
import { chmod, mkdir, readdir, rename, rm, rmdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { isAbsent, systemCode, unlessAbsent } from "#lib/platform/system-code.ts";
import { incomingDirectory } from "./store-layout.ts";

/** Where directories go on their way out; on the same file system, so that a directory is whole in one place or gone. */
const deletedRoot = (adapterStore: string): string => join(adapterStore, ".deleted");

/** `<tenant>--<adapter>/<digest12>`: what a directory of the store is called. */
const STORE_PATH = /^([a-z0-9-]+?)--([a-z0-9-]+)\/([0-9a-f]{12})$/;
const REMOVED = /^([a-z0-9-]+--[a-z0-9-]+)\.([0-9a-f]{12})\.[0-9a-f-]{36}$/;

/** The slugs in a store path; null = it is none of ours. */
export function slugsOf(storePath: string): { tenant: string; adapter: string } | null {
  const [, tenant, adapter] = STORE_PATH.exec(storePath) ?? [];
  return tenant !== undefined && adapter !== undefined ? { tenant, adapter } : null;
}

/** A directory that was taken out of its place and is not gone yet. */
export type Removed = { path: string; storePath: string };

/** Takes a directory out of its place in one step. @returns null when there is none */
export async function takeOut(adapterStore: string, storePath: string): Promise<Removed | null> {
  const from = join(adapterStore, storePath);
  const root = deletedRoot(adapterStore);
  await mkdir(root, { recursive: true, mode: 0o700 });
  const path = join(root, `${storePath.replace("/", ".")}.${randomUUID()}`);
  try {
    await chmod(from, 0o755); // a directory that may not be written cannot be moved to another one
    await rename(from, path);
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
  return { path, storePath };
}

/** Puts it back where it was, unless right bytes stand there already. */
export async function putBack(adapterStore: string, { path, storePath }: Removed): Promise<void> {
  const target = join(adapterStore, storePath);
  await mkdir(dirname(target), { recursive: true, mode: 0o755 });
  if (await exists(target)) return destroy(path);
  await rename(path, target);
  await chmod(target, 0o555);
}

export async function destroy(path: string): Promise<void> {
  await chmod(path, 0o755).catch((error: unknown) => {
    if (!isAbsent(error)) throw error;
  });
  await rm(path, { recursive: true, force: true });
}

/** What earlier runs took out and did not finish with. */
export async function listTakenOut(adapterStore: string): Promise<Removed[]> {
  const root = deletedRoot(adapterStore);
  return (await namesIn(root)).flatMap((name) => {
    const [, parent, digest] = REMOVED.exec(name) ?? [];
    return parent === undefined ? [] : [{ path: join(root, name), storePath: `${parent}/${digest}` }];
  });
}

/** Directories that look like ours and were last changed before a moment. */
export async function listPlaces(adapterStore: string, before: Date): Promise<string[]> {
  const found: string[] = [];
  for (const parent of await namesIn(adapterStore))
    for (const name of parent.includes("--") ? await namesIn(join(adapterStore, parent)) : []) {
      const storePath = `${parent}/${name}`;
      if (slugsOf(storePath) === null) continue;
      const touched = await unlessAbsent(stat(join(adapterStore, storePath)));
      if (touched !== null && touched.mtimeMs < before.getTime()) found.push(storePath);
    }
  return found;
}

/** Removes the directories of a tenant's adapters that hold nothing any more. */
export async function dropEmptyParents(adapterStore: string, tenantSlug: string): Promise<void> {
  for (const name of await namesIn(adapterStore))
    if (basename(name).startsWith(`${tenantSlug}--`))
      await rmdir(join(adapterStore, name)).catch((error: unknown) => {
        if (!isAbsent(error) && !isFilled(error)) throw error;
      });
}

/** Whether anything that arrived for a version still lies in the store. */
export const hasIncoming = (adapterStore: string, versionId: string): Promise<boolean> =>
  exists(incomingDirectory(adapterStore, versionId));

const namesIn = async (directory: string): Promise<string[]> => (await unlessAbsent(readdir(directory))) ?? [];

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

const isFilled = (error: unknown): boolean => ["ENOTEMPTY", "EEXIST"].includes(systemCode(error) ?? "");
