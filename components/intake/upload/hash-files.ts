import type { DroppedFile } from "../../ui/read-drop.ts";
import type { HashReply, HashRequest } from "./hash-worker.ts";

/** SHA-256 (hex) by path. */
export type Digests = ReadonlyMap<string, string>;

/** Digests of files that were read before stay true as long as the page holds the same `File`. */
const known = new WeakMap<File, string>();

/**
 * Reads every file once in a worker, so that the page stays quick, and answers their digests.
 * @param onProgress bytes read of all files together
 * @throws Error when a file cannot be read (it moved, or changed since it was dropped); the signal's reason when aborted
 */
export async function hashFiles(
  files: readonly DroppedFile[],
  { onProgress, signal }: { onProgress?: (readBytes: number) => void; signal?: AbortSignal } = {},
): Promise<Digests> {
  const digests = new Map<string, string>();
  let readBytes = 0;
  for (const { path, file } of files) {
    signal?.throwIfAborted();
    const before = readBytes;
    const sha256 = known.get(file) ?? (await hashFile(file, (bytes) => onProgress?.(before + bytes), signal));
    known.set(file, sha256);
    digests.set(path, sha256);
    readBytes += file.size;
    onProgress?.(readBytes);
  }
  return digests;
}

function hashFile(file: File, onProgress: (bytes: number) => void, signal: AbortSignal | undefined): Promise<string> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL("./hash-worker.ts", import.meta.url), { type: "module" });
    const stop = () => end(() => reject(signal?.reason));
    const end = (settle: () => void) => {
      signal?.removeEventListener("abort", stop);
      worker.terminate();
      settle();
    };
    signal?.addEventListener("abort", stop, { once: true });
    worker.addEventListener("message", ({ data }: MessageEvent<HashReply>) => {
      if (data.kind === "progress") onProgress(data.bytes);
      else if (data.kind === "done") end(() => resolve(data.sha256));
      else end(() => reject(new Error(`${file.name} could not be read: ${data.message}`)));
    });
    worker.addEventListener("error", () => end(() => reject(new Error(`${file.name} could not be read.`))));
    worker.postMessage({ file } satisfies HashRequest);
  });
}
