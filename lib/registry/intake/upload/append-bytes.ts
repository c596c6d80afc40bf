import type { Hash } from "node:crypto";
import { AppError } from "#lib/platform/errors.ts";
import { isDiskFull } from "#lib/platform/system-code.ts";

/** What an append needs of an open file; Node's FileHandle has it. */
export type Appendable = {
  write(buffer: Uint8Array, offset: number, length: number, position: number): Promise<{ bytesWritten: number }>;
  truncate(length: number): Promise<void>;
  datasync(): Promise<void>;
};

const BLOCK_BYTES = 1024 ** 2;
/** A slow sender's bytes are written at least this often, so that its claim does not look abandoned. */
const FLUSH_MS = 2000;

/** How far an append came: `bytes` are on disk and in the hash, also when something went wrong. */
export type Appended = { bytes: number; error: unknown };

/**
 * Appends what a sender sends, hashing it on the way, and keeps every byte that arrived when the sender breaks off.
 * @param input.at where the file ends now; @param input.maxBytes more than that is not taken
 * @param input.owns asked before each write: false = another process took the file over
 */
export async function appendBytes(
  file: Appendable,
  source: AsyncIterable<Uint8Array>,
  input: { at: number; maxBytes: number; hash: Hash; owns: () => Promise<boolean>; now: () => Date },
): Promise<Appended> {
  const { hash, owns, now } = input;
  const block = new Uint8Array(Math.min(BLOCK_BYTES, Math.max(1, input.maxBytes)));
  let [bytes, filled, received, flushedAt] = [input.at, 0, 0, now().getTime()];
  const flush = async () => {
    if (filled === 0) return;
    if (!(await owns())) throw takenOver();
    const piece = block.subarray(0, filled);
    await writeFully(file, piece, bytes);
    hash.update(piece);
    bytes += filled;
    filled = 0;
    flushedAt = now().getTime();
  };
  let error: unknown = null;
  try {
    for await (const chunk of source) {
      received += chunk.byteLength;
      if (received > input.maxBytes) throw tooMuch(input.maxBytes);
      for (let taken = 0; taken < chunk.byteLength; ) {
        const piece = chunk.subarray(taken, taken + block.byteLength - filled);
        block.set(piece, filled);
        filled += piece.byteLength;
        taken += piece.byteLength;
        if (filled === block.byteLength) await flush();
      }
      if (now().getTime() - flushedAt >= FLUSH_MS) await flush();
    }
  } catch (thrown) {
    error = thrown;
  }
  // What came before a cut is kept: the next chunk goes on behind it.
  await flush().catch((thrown: unknown) => {
    error ??= thrown;
  });
  if (error !== null && (await owns())) await file.truncate(bytes);
  await file.datasync();
  return { bytes, error: error === null ? null : (storeFull(error) ?? error) };
}

async function writeFully(file: Appendable, block: Uint8Array, position: number): Promise<void> {
  for (let at = 0; at < block.byteLength; ) {
    const { bytesWritten } = await file.write(block, at, block.byteLength - at, position + at);
    at += bytesWritten;
  }
}

const takenOver = () =>
  new AppError("conflict", "Another process took over receiving this file.", {
    reason: "upload_locked",
    fix: "Request the current offset with HEAD, and continue from there.",
    retryAfterSeconds: 2,
  });

const tooMuch = (maxBytes: number) =>
  new AppError("too_large", `More than ${maxBytes} bytes arrived in one request.`, {
    reason: "chunk_too_large",
    fix: "Send the file in chunks of 8 MiB.",
  });

const storeFull = (error: unknown): AppError | null =>
  isDiskFull(error)
    ? new AppError("unavailable", "The adapter store has no room left.", {
        reason: "store_full",
        fix: "Make room on the disk of the adapter store, then resume; what arrived is kept.",
        cause: error,
        retryAfterSeconds: 30,
      })
    : null;
