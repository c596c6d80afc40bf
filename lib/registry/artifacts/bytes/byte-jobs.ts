import { availableParallelism } from "node:os";
import { basename, join } from "node:path";
import * as z from "zod";
import { projectRoot } from "#lib/platform/project-root.ts";
import type { FloatDtype } from "#lib/platform/safetensors/elements.ts";
import { ThreadJobError, type ThreadJobOptions, ThreadPool } from "#lib/platform/thread-pool.ts";

/** Found through the project's folder: bundles have no files beside them. */
const SCRIPT = "lib/registry/artifacts/bytes/byte-worker.mjs";
/** Each thread keeps two blocks of 2 MiB; more than four would read faster than any disk. */
const MAX_THREADS = 4;

/** One set of threads a process, also where development loads this module again. */
const kept = globalThis as { switchyardByteThreads?: ThreadPool };
const threads = (): ThreadPool => {
  const size = Math.min(MAX_THREADS, Math.max(2, availableParallelism()));
  kept.switchyardByteThreads ??= new ThreadPool(join(projectRoot(), SCRIPT), size);
  return kept.switchyardByteThreads;
};

/** A file could not be read as a whole. `code` is the system's short one, such as ENOENT; ELOOP: a link stands there. */
export class UnreadableFile extends Error {
  constructor(
    readonly path: string,
    readonly code: string | null,
    why: string,
  ) {
    super(`${basename(path)} cannot be read: ${code ?? why}.`);
    this.name = "UnreadableFile";
  }
}

type ByteJob =
  | { kind: "hash"; path: string; bytesPerSecond: number | undefined }
  | { kind: "scan"; path: string; tensors: readonly TensorSpan[] };

async function run(job: ByteJob, options?: ThreadJobOptions): Promise<unknown> {
  try {
    return await threads().run(job, options);
  } catch (error) {
    if (error instanceof ThreadJobError) throw new UnreadableFile(job.path, error.code, error.message);
    throw error;
  }
}

const Hashed = z.object({ sizeBytes: z.number(), sha256: z.string() });
export type HashOptions = ThreadJobOptions & {
  /** At most this fast; none = as fast as it goes. */ bytesPerSecond?: number;
};

/**
 * Size and SHA-256 (hex) of what stands on disk now, read in a thread. Never follows a link in the path's last step.
 * @throws UnreadableFile; AppError `unavailable` when the thread died; the signal's reason
 */
export const hashFile = async (
  path: string,
  { bytesPerSecond, ...options }: HashOptions = {},
): Promise<{ sizeBytes: number; sha256: string }> =>
  Hashed.parse(await run({ kind: "hash", path, bytesPerSecond }, options));

/** zod's own number is never infinite. */
const Sums = z.array(z.custom<number>((value) => typeof value === "number"));

/** Where a tensor's values stand in its file, in bytes. */
export type TensorSpan = { begin: number; end: number; dtype: FloatDtype };

/**
 * Reads every value of every tensor once, in a thread.
 * @param tensors in the order of their bytes
 * @returns per tensor the sum of its values' squares: not finite when a value is NaN or infinite, 0 when all are zero
 * @throws as `hashFile`
 */
export const sumSquares = async (
  path: string,
  tensors: readonly TensorSpan[],
  options: ThreadJobOptions = {},
): Promise<number[]> => Sums.parse(await run({ kind: "scan", path, tensors }, options));
