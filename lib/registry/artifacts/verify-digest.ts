import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { errorText } from "#lib/platform/errors.ts";
import { isAbsent, systemCode } from "#lib/platform/system-code.ts";
import type { StoredFile } from "./artifact-files.ts";
import { type HashOptions, hashFile, UnreadableFile } from "./bytes/byte-jobs.ts";

/** How a directory differs from what was registered; `path` is the file's name, "" = the directory itself. */
export type Damage = {
  problem: "changed" | "missing" | "added";
  path: string;
  /** What was registered and what stands there, such as a digest; null = nothing. */
  expected: string | null;
  found: string | null;
  message: string;
};

/**
 * unreadable: the files may be right, and may be readable again. wrong: these bytes are not the registered ones, or are
 * gone; whoever sees it first makes sure that the store itself is there (`verifyStored`).
 */
export type DigestCheck =
  | { kind: "ok" }
  | { kind: "unreadable"; path: string; message: string }
  | ({ kind: "wrong" } & Damage);

/**
 * Proves that a version's directory holds exactly the recorded files, byte for byte, all files side by side in threads.
 * Follows no link: neither the directory nor anything in it may be one.
 * @throws AppError `unavailable` when a thread died; the signal's reason
 */
export async function verifyDigest(
  directory: string,
  expected: readonly StoredFile[],
  options: HashOptions = {},
): Promise<DigestCheck> {
  const entries = await listDirectory(directory);
  if (!Array.isArray(entries)) return entries;
  const extra = entries.find(({ name }) => !expected.some(({ path }) => path === name));
  if (extra) return wrong("added", extra.name, null, "a file", `${extra.name} does not belong to the version.`);
  for (const { path, sha256 } of expected) {
    const entry = entries.find(({ name }) => name === path);
    if (!entry) return missing(path, sha256);
    if (!entry.isFile)
      return wrong("changed", path, sha256, "no plain file", `${path} is a link or the like, not the file.`);
  }
  const ended = new AbortController(); // one difference is enough
  const signal = options.signal ? AbortSignal.any([options.signal, ended.signal]) : ended.signal;
  try {
    const checks = expected.map((file) => verifyFile(directory, file, { ...options, signal }, ended));
    const settled = await Promise.allSettled(checks);
    options.signal?.throwIfAborted();
    const found = settled.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
    const verdict = found.find(({ kind }) => kind === "wrong") ?? found.find(({ kind }) => kind === "unreadable");
    const failure = settled.find((one) => one.status === "rejected");
    if (verdict) return verdict;
    if (failure) throw failure.reason;
    return { kind: "ok" };
  } finally {
    ended.abort();
  }
}

const wrong = (
  problem: Damage["problem"],
  path: string,
  expected: string | null,
  found: string | null,
  message: string,
): DigestCheck => ({ kind: "wrong", problem, path, expected, found, message });

const missing = (path: string, sha256: string): DigestCheck =>
  wrong("missing", path, sha256, null, `${path} is not there any more.`);

async function listDirectory(directory: string): Promise<DigestCheck | { name: string; isFile: boolean }[]> {
  try {
    if (!(await lstat(directory)).isDirectory())
      return wrong("changed", "", "a directory", "no directory", "There is a link or a file instead of the directory.");
    const entries = await readdir(directory, { withFileTypes: true });
    return entries.map((entry) => ({ name: entry.name, isFile: entry.isFile() }));
  } catch (error) {
    if (isAbsent(error))
      return wrong("missing", "", "a directory", null, "The version's directory is not there any more.");
    return {
      kind: "unreadable",
      path: "",
      message: `The directory cannot be read: ${systemCode(error) ?? errorText(error)}.`,
    };
  }
}

async function verifyFile(
  directory: string,
  file: StoredFile,
  options: HashOptions,
  ended: AbortController,
): Promise<DigestCheck> {
  const { path, sizeBytes, sha256 } = file;
  const check = await hashFile(join(directory, path), options).then(
    (found): DigestCheck => {
      if (found.sizeBytes !== sizeBytes) {
        const message = `${path} has ${found.sizeBytes} bytes instead of ${sizeBytes}.`;
        return wrong("changed", path, `${sizeBytes} bytes`, `${found.sizeBytes} bytes`, message);
      }
      if (found.sha256 === sha256) return { kind: "ok" };
      return wrong("changed", path, sha256, found.sha256, `${path} is not what was registered.`);
    },
    (error: unknown): DigestCheck => {
      if (!(error instanceof UnreadableFile)) throw error;
      if (error.code === "ENOENT") return missing(path, sha256);
      return { kind: "unreadable", path, message: error.message };
    },
  );
  if (check.kind === "wrong") ended.abort();
  return check;
}
