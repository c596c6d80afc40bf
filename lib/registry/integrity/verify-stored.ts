import { lstat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Deps } from "#lib/identity/ctx.ts";
import type { StoredFile } from "../artifacts/artifact-files.ts";
import type { HashOptions } from "../artifacts/bytes/byte-jobs.ts";
import { type DigestCheck, verifyDigest } from "../artifacts/verify-digest.ts";
import { checkStore } from "./check-store.ts";

/**
 * The one proof of stored bytes: before every load, by the scrubber, and by hand. What differs or is gone is `wrong` only
 * while the store itself is there; otherwise nobody knows, and it is `unreadable`.
 * @throws as `verifyDigest`
 */
export async function verifyStored(
  deps: Deps,
  stored: { storePath: string; files: readonly StoredFile[] },
  options: HashOptions = {},
): Promise<DigestCheck> {
  const directory = join(deps.adapterStore, stored.storePath);
  const check = (await linkAbove(directory)) ?? (await verifyDigest(directory, stored.files, options));
  if (check.kind !== "wrong") return check;
  const store = await checkStore(deps);
  return store.state === "ok" ? check : { kind: "unreadable", path: "", message: store.message };
}

/** The tenant's folder may not be a link either: it would lead to bytes that somebody else may change. */
async function linkAbove(directory: string): Promise<DigestCheck | null> {
  const parent = await lstat(dirname(directory)).catch(() => null);
  if (parent === null || parent.isDirectory()) return null;
  const message = "There is a link or a file instead of the tenant's folder.";
  return { kind: "wrong", problem: "changed", path: "", expected: "a directory", found: "no directory", message };
}
