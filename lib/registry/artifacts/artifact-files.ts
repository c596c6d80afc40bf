import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, mkdir, open, rename, rm } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { AppError, errorText } from "#lib/platform/errors.ts";
import { isDiskFull } from "#lib/platform/system-code.ts";
import { BlockWriter } from "./block-writer.ts";

/** 4 MiB: large enough that hashing, not the calls, sets the pace; small enough to never hold up the event loop. */
export const BLOCK_BYTES = 4 * 1024 ** 2;

/** One stored file: bytes and their SHA-256 (hex). */
export type StoredFile = { path: string; sizeBytes: number; sha256: string };

/** Opens for reading and never follows a link in the last step of the path. */
export const openForReading = (path: string): Promise<FileHandle> =>
  open(path, constants.O_RDONLY | constants.O_NOFOLLOW);

/**
 * Writes a stream to `target` and hashes it on the way. The file appears under its name only when it is whole, synced
 * and of the declared size; a call that fails leaves nothing behind, a second one replaces the first.
 * @throws AppError when the sender sends more or less than declared or breaks off, or the disk is full
 */
export async function receiveFile(
  source: AsyncIterable<Uint8Array>,
  target: string,
  sizeBytes: number,
): Promise<string> {
  await mkdir(dirname(target), { recursive: true, mode: 0o700 });
  const part = `${target}.part-${randomUUID()}`;
  try {
    const sha256 = await writeHashed(source, part, sizeBytes);
    await rename(part, target);
    return sha256;
  } catch (error) {
    await rm(part, { force: true });
    throw diskFull(error) ?? error;
  }
}

const diskFull = (error: unknown): AppError | null =>
  isDiskFull(error)
    ? new AppError("unavailable", "The adapter store has no room left.", {
        reason: "store_full",
        fix: "Make room on the disk of the adapter store, then send the file again.",
        cause: error,
      })
    : null;

async function writeHashed(source: AsyncIterable<Uint8Array>, path: string, sizeBytes: number): Promise<string> {
  const name = basename(path).replace(/\.part-.*$/, "");
  const handle = await open(path, "wx", 0o600);
  try {
    const writer = new BlockWriter(handle, Math.min(BLOCK_BYTES, Math.max(sizeBytes, 1)));
    try {
      let received = 0;
      for await (const chunk of unbroken(source, name)) {
        received += chunk.byteLength;
        if (received > sizeBytes) throw wrongSize(name, `more than the declared ${sizeBytes} bytes`);
        await writer.write(chunk);
      }
      if (received < sizeBytes) throw wrongSize(name, `${received} of the declared ${sizeBytes} bytes`);
    } finally {
      await writer.settle();
    }
    const sha256 = await writer.finish();
    await handle.sync();
    return sha256;
  } finally {
    await handle.close();
  }
}

const wrongSize = (name: string, sent: string): AppError => {
  const problem = {
    field: name,
    code: "size_differs",
    message: `${name}: ${sent} arrived.`,
    fix: "Send the file as it was declared, or start a new draft with its true size.",
  };
  return new AppError("invalid", problem.message, { reason: problem.code, fix: problem.fix, fields: [problem] });
};

/** The sender going away is the sender's fault, and is told as such. */
async function* unbroken(source: AsyncIterable<Uint8Array>, name: string): AsyncIterable<Uint8Array> {
  try {
    yield* source;
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError("invalid", `${name}: the upload broke off (${errorText(error)}).`, {
      reason: "upload_broken",
      fix: "Send the file again; the draft is still there.",
      cause: error,
    });
  }
}

/**
 * Reads bytes `begin` to `end` in blocks, the next one already on its way while the last is worked on.
 * @throws Error when the file ends early
 */
export async function readBlocks(
  handle: FileHandle,
  begin: number,
  end: number,
  onBlock: (block: Uint8Array) => void,
): Promise<void> {
  const size = Math.min(BLOCK_BYTES, end - begin);
  if (size <= 0) return;
  const buffers = [new Uint8Array(size), end - begin > size ? new Uint8Array(size) : null] as const;
  const readAt = (at: number, turn: 0 | 1) => {
    const buffer = buffers[turn] ?? buffers[0];
    return readFully(handle, buffer.subarray(0, Math.min(size, end - at)), at);
  };
  let turn: 0 | 1 = 0;
  let next = readAt(begin, turn);
  for (let at = begin; at < end; ) {
    const block = await next;
    at += block.byteLength;
    turn = turn === 0 ? 1 : 0;
    if (at < end) {
      next = readAt(at, turn);
      next.catch(() => {}); // awaited in the next turn; this only keeps it from counting as unhandled meanwhile
    }
    onBlock(block);
  }
}

/** Exactly `into.byteLength` bytes from `at`. @throws Error when the file ends early */
export async function readFully(handle: FileHandle, into: Uint8Array, at: number): Promise<Uint8Array> {
  for (let filled = 0; filled < into.byteLength; ) {
    const { bytesRead } = await handle.read(into, filled, into.byteLength - filled, at + filled);
    if (bytesRead === 0) throw new Error(`the file ends at byte ${at + filled}`);
    filled += bytesRead;
  }
  return into;
}
