import { createHash, randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, mkdir, open, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { AppError, errorText } from "#lib/platform/errors.ts";
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
  error instanceof Error && "code" in error && (error.code === "ENOSPC" || error.code === "EDQUOT")
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

/** Size and SHA-256 (hex) of what stands on disk now. */
export async function hashFile(path: string): Promise<{ sizeBytes: number; sha256: string }> {
  const handle = await openForReading(path);
  try {
    const { size } = await handle.stat();
    const hash = createHash("sha256");
    await readBlocks(handle, 0, size, (block) => hash.update(block));
    return { sizeBytes: size, sha256: hash.digest("hex") };
  } finally {
    await handle.close();
  }
}

/** unreadable: the files may be right, and may be readable again. wrong: these bytes will never be the registered ones. */
export type DigestCheck = { kind: "ok" } | { kind: "unreadable" | "wrong"; path: string; message: string };

/** Proves that a version's directory holds exactly the recorded files, byte for byte; called before every load. */
export async function verifyDigest(directory: string, expected: readonly StoredFile[]): Promise<DigestCheck> {
  const fail = (kind: "unreadable" | "wrong", path: string, message: string): DigestCheck => ({ kind, path, message });
  let names: string[];
  try {
    names = await readdir(directory);
  } catch (error) {
    return fail("unreadable", directory, `The directory cannot be read: ${systemReason(error)}.`);
  }
  const extra = names.find((name) => !expected.some(({ path }) => path === name));
  if (extra !== undefined) return fail("wrong", extra, `${extra} does not belong to the version.`);
  for (const file of expected) {
    try {
      const found = await hashFile(join(directory, file.path));
      if (found.sizeBytes !== file.sizeBytes)
        return fail("wrong", file.path, `${file.path} has ${found.sizeBytes} bytes instead of ${file.sizeBytes}.`);
      if (found.sha256 !== file.sha256) return fail("wrong", file.path, `${file.path} is not what was registered.`);
    } catch (error) {
      // a link in a file's place leads who knows where: somebody put it there
      if (systemReason(error) === "ELOOP") return fail("wrong", file.path, `${file.path} is a link, not the file.`);
      return fail("unreadable", file.path, `${file.path} cannot be read: ${systemReason(error)}.`);
    }
  }
  return { kind: "ok" };
}

/** The system's short code, such as ENOENT: its full text would carry paths of this machine. */
const systemReason = (error: unknown): string =>
  error instanceof Error && "code" in error ? String(error.code) : errorText(error);
