import { createHash, type Hash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import { readBlocks } from "../../artifacts/artifact-files.ts";

/** A hash over the first `bytes` of a file as it stood at `mtimeMs`. */
type Running = { hash: Hash; bytes: number; mtimeMs: number };

/** Uploads under way in one process are few; the oldest state goes first, and is then read again from disk. */
const KEPT = 500;

/**
 * Hash states that go on from chunk to chunk, so that a file is not read a second time when it is whole. They are only
 * a shortcut: a state that does not belong to the bytes on disk is not used, and the file is read again.
 */
export class RunningHashes {
  readonly #states = new Map<string, Running>();

  /** Takes the state for a file out, or makes it by reading what stands on disk. */
  async take(key: string, handle: FileHandle): Promise<{ hash: Hash; bytes: number }> {
    const { size, mtimeMs } = await handle.stat();
    const kept = this.#states.get(key);
    this.#states.delete(key);
    if (kept?.bytes === size && kept.mtimeMs === mtimeMs) return kept;
    const hash = createHash("sha256");
    await readBlocks(handle, 0, size, (block) => hash.update(block));
    return { hash, bytes: size };
  }

  keep(key: string, state: Running): void {
    this.#states.set(key, state);
    const oldest = this.#states.size > KEPT ? this.#states.keys().next().value : undefined;
    if (oldest !== undefined) this.#states.delete(oldest);
  }
}
