import { createSHA256 } from "hash-wasm";

/** What the page asks of this worker, and what it answers: progress in bytes, then the digest or why there is none. */
export type HashRequest = { file: File };
export type HashReply =
  | { kind: "progress"; bytes: number }
  | { kind: "done"; sha256: string }
  | { kind: "failed"; message: string };

const BLOCK_BYTES = 4 * 1024 ** 2;

// The page's own types know `postMessage` of a window only.
const reply = (message: HashReply): void =>
  (globalThis as unknown as { postMessage(it: HashReply): void }).postMessage(message);

async function hash(file: File): Promise<string> {
  const sha256 = await createSHA256();
  for (let at = 0; at < file.size; at += BLOCK_BYTES) {
    sha256.update(new Uint8Array(await file.slice(at, at + BLOCK_BYTES).arrayBuffer()));
    reply({ kind: "progress", bytes: Math.min(at + BLOCK_BYTES, file.size) });
  }
  return sha256.digest("hex");
}

globalThis.addEventListener("message", ({ data }: MessageEvent<HashRequest>) => {
  hash(data.file).then(
    (sha256) => reply({ kind: "done", sha256 }),
    (error: unknown) => reply({ kind: "failed", message: error instanceof Error ? error.message : String(error) }),
  );
});
