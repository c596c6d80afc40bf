import type { Version, VersionFile } from "#lib/registry/schema.ts";
import type { DroppedFile } from "../../ui/read-drop.ts";
import type { Digests } from "./hash-files.ts";

/** Why what was dropped is not what the draft waits for. */
export type Mismatch = { path: string; message: string };

type Size = Pick<DroppedFile, "path"> & { file: { size: number } };

/** Files of a draft whose bytes have not all arrived. */
export const missingFiles = (version: Pick<Version, "files">): VersionFile[] =>
  version.files.filter(({ sha256 }) => sha256 === null);

/** Bytes of a draft that are at the server, and of how many. */
export function arrivedOf(version: Pick<Version, "files" | "sizeBytes">): {
  bytes: number;
  total: number;
  share: number;
} {
  const bytes = version.files.reduce((sum, { receivedBytes }) => sum + receivedBytes, 0);
  return { bytes, total: version.sizeBytes, share: version.sizeBytes === 0 ? 0 : bytes / version.sizeBytes };
}

/** Compares names and sizes: all that can be told without reading the files. */
export function sizeMismatches(version: Pick<Version, "files">, files: readonly Size[]): Mismatch[] {
  return missingFiles(version).flatMap(({ path, sizeBytes }) => {
    const found = files.find((each) => each.path === path);
    if (found === undefined) return [{ path, message: `${path} is not in this folder.` }];
    if (found.file.size === sizeBytes) return [];
    return [{ path, message: `${path} has ${found.file.size} bytes here, ${sizeBytes} were announced.` }];
  });
}

/** Compares digests with what the manifest promised and what has arrived; files of the draft that were not dropped pass. */
export const digestMismatches = (version: Pick<Version, "files">, digests: Digests): Mismatch[] =>
  version.files.flatMap(({ path, sha256, expectedSha256 }) => {
    const found = digests.get(path);
    const wanted = sha256 ?? expectedSha256;
    if (found === undefined || wanted === null || found === wanted) return [];
    return [{ path, message: `${path} differs from the file this upload started with.` }];
  });
