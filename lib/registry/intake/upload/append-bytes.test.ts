import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { type Appendable, appendBytes } from "./append-bytes.ts";

/** A disk with so much room, as Node's FileHandle behaves on a full one. */
function diskOf(room: number): Appendable & { bytes: Uint8Array; synced: boolean } {
  return {
    bytes: new Uint8Array(),
    synced: false,
    async write(buffer, offset, length, position) {
      if (position + length > room) throw Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
      const grown = new Uint8Array(Math.max(this.bytes.length, position + length));
      grown.set(this.bytes);
      grown.set(buffer.subarray(offset, offset + length), position);
      this.bytes = grown;
      return { bytesWritten: length };
    },
    async truncate(length) {
      this.bytes = this.bytes.slice(0, length);
    },
    async datasync() {
      this.synced = true;
    },
  };
}

const MIB = 1024 ** 2;
const piecesOf = async function* (total: number, piece: number): AsyncIterable<Uint8Array> {
  for (let at = 0; at < total; at += piece) yield new Uint8Array(Math.min(piece, total - at)).fill(at % 251);
};
const append = (disk: Appendable, source: AsyncIterable<Uint8Array>, owns = async () => true, maxBytes = 64 * MIB) => {
  const hash = createHash("sha256");
  const now = () => new Date(0);
  return appendBytes(disk, source, { at: 0, maxBytes, hash, owns, now }).then((done) => ({ ...done, hash }));
};

it("keeps what fitted when the disk is full, says so, and hashed exactly that", async () => {
  const disk = diskOf(2.5 * MIB);
  const { bytes, error, hash } = await append(disk, piecesOf(4 * MIB, 64 * 1024));
  expect(error).toMatchObject({ code: "unavailable", reason: "store_full" });
  expect(bytes).toBe(2 * MIB);
  expect(disk).toMatchObject({ synced: true });
  expect(disk.bytes).toHaveLength(bytes);
  expect(hash.digest("hex")).toBe(createHash("sha256").update(disk.bytes).digest("hex"));
});

it("stops as soon as another process has taken the file over", async () => {
  const disk = diskOf(64 * MIB);
  let asked = 0;
  const { bytes, error } = await append(disk, piecesOf(4 * MIB, MIB), async () => ++asked <= 2);
  expect(error).toMatchObject({ reason: "upload_locked" });
  expect(bytes).toBe(2 * MIB);
});

it("takes no more than it was told to", async () => {
  const { bytes, error } = await append(diskOf(64 * MIB), piecesOf(3 * MIB, MIB), undefined, 2 * MIB);
  expect([bytes, error]).toMatchObject([2 * MIB, { reason: "chunk_too_large" }]);
});
