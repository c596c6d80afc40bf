import { createHash } from "node:crypto";
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { unlockStore } from "../testing/unlock-store.ts";
import { BLOCK_BYTES, receiveFile } from "./artifact-files.ts";
import { hashFile } from "./bytes/byte-jobs.ts";
import { publishArtifact } from "./publish-artifact.ts";
import { listSource, resolveSource } from "./source-directory.ts";
import { manifestDigest } from "./store-layout.ts";
import { verifyDigest } from "./verify-digest.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "switchyard-artifact-"));
});
afterEach(async () => {
  await unlockStore(root);
  await rm(root, { recursive: true, force: true });
});

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
async function* chunksOf(bytes: Uint8Array, size: number): AsyncIterable<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += size) yield bytes.subarray(at, at + size);
}
const pattern = (length: number) => Uint8Array.from({ length }, (_, i) => (i * 31 + (i >> 8)) & 0xff);
const refusalOf = (work: Promise<unknown>) =>
  work.then(
    () => null,
    (error) => error.reason as string,
  );

describe("receiveFile", () => {
  it.each([
    ["one byte", 1, 1],
    ["chunks that do not divide a block", BLOCK_BYTES + 12_345, 65_537],
    ["chunks larger than a block", 3 * BLOCK_BYTES, 2 * BLOCK_BYTES + 1],
    ["exactly one block", BLOCK_BYTES, 65_536],
  ])("stores and hashes %s", async (_what, length, chunk) => {
    const bytes = pattern(length);
    const target = join(root, "v", "file");
    expect(await receiveFile(chunksOf(bytes, chunk), target, length)).toBe(sha256(bytes));
    expect(sha256(await readFile(target))).toBe(sha256(bytes));
    expect(await hashFile(target)).toEqual({ sizeBytes: length, sha256: sha256(bytes) });
  });

  it("replaces what a call before it stored", async () => {
    const target = join(root, "file");
    await receiveFile(chunksOf(pattern(10), 4), target, 10);
    await receiveFile(chunksOf(pattern(9), 4), target, 9);
    expect(await readFile(target)).toEqual(Buffer.from(pattern(9)));
  });

  it.each([
    ["more", 11],
    ["less", 9],
  ])("refuses %s than declared and leaves what was there", async (_what, sent) => {
    const target = join(root, "file");
    await receiveFile(chunksOf(pattern(10), 4), target, 10);
    expect(await refusalOf(receiveFile(chunksOf(pattern(sent), 4), target, 10))).toBe("size_differs");
    expect(await readFile(target)).toEqual(Buffer.from(pattern(10)));
    expect(await readdir(root)).toEqual(["file"]);
  });

  it("stops reading a stream that sends more than declared", async () => {
    let pulled = 0;
    async function* endless(): AsyncIterable<Uint8Array> {
      for (;;) {
        pulled += 1;
        yield new Uint8Array(1024);
      }
    }
    expect(await refusalOf(receiveFile(endless(), join(root, "file"), 10_000))).toBe("size_differs");
    expect(pulled).toBe(10);
  });

  it("leaves nothing behind when the sender breaks off, also after a whole block", async () => {
    async function* broken(): AsyncIterable<Uint8Array> {
      yield pattern(BLOCK_BYTES + 5);
      throw new Error("connection reset");
    }
    expect(await refusalOf(receiveFile(broken(), join(root, "file"), 3 * BLOCK_BYTES))).toBe("upload_broken");
    expect(await readdir(root)).toEqual([]);
  });
});

describe("publishArtifact", () => {
  const files = [
    { path: "a.json", bytes: pattern(100) },
    { path: "b.safetensors", bytes: pattern(5000) },
  ];
  const stored = files.map(({ path, bytes }) => ({ path, sizeBytes: bytes.byteLength, sha256: sha256(bytes) }));
  const arrive = async (name: string) => {
    const directory = join(root, ".incoming", name);
    for (const { path, bytes } of files)
      await receiveFile(chunksOf(bytes, 64), join(directory, path), bytes.byteLength);
    return directory;
  };
  const target = () => join(root, "acme--bot", "0123456789ab");

  it("moves the folder in place, read-only, without remains of broken uploads", async () => {
    const incoming = await arrive("ver_1");
    await writeFile(join(incoming, "a.json.part-1"), "left over");
    await publishArtifact(incoming, target(), stored);
    expect((await readdir(target())).sort()).toEqual(["a.json", "b.safetensors"]);
    expect((await stat(target())).mode & 0o777).toBe(0o555);
    expect((await stat(join(target(), "a.json"))).mode & 0o777).toBe(0o444);
    expect(await readdir(join(root, ".incoming"))).toEqual([]);
    expect(await verifyDigest(target(), stored)).toEqual({ kind: "ok" });
  });

  it("can be done again: the same bytes stay, the second copy goes", async () => {
    await publishArtifact(await arrive("ver_1"), target(), stored);
    await publishArtifact(await arrive("ver_2"), target(), stored);
    await publishArtifact(target(), target(), stored); // after a crash behind the rename
    expect(await readdir(join(root, ".incoming"))).toEqual([]);
    expect(await verifyDigest(target(), stored)).toEqual({ kind: "ok" });
  });

  it.each<[string, () => Promise<string>]>([
    [
      "before the rename, files sealed",
      async () => {
        const incoming = await arrive("ver_1");
        await Promise.all(files.map(({ path }) => chmod(join(incoming, path), 0o444)));
        return incoming;
      },
    ],
    [
      "behind the rename, the directory still its owner's alone",
      async () => {
        const incoming = await arrive("ver_1");
        await mkdir(join(target(), ".."), { recursive: true });
        await rename(incoming, target());
        return target();
      },
    ],
    [
      "behind the rename, and the same files came in once more",
      async () => {
        await mkdir(join(target(), ".."), { recursive: true });
        await rename(await arrive("ver_1"), target());
        return arrive("ver_2");
      },
    ],
    [
      "between setting damaged bytes aside and the rename",
      async () => {
        await mkdir(join(root, ".damaged", "acme--bot-0123456789ab-1"), { recursive: true });
        return arrive("ver_1");
      },
    ],
  ])("ends well when the call before died %s", async (_where, dieThere) => {
    await publishArtifact(await dieThere(), target(), stored);
    expect(await verifyDigest(target(), stored)).toEqual({ kind: "ok" });
    expect((await stat(target())).mode & 0o777).toBe(0o555);
    for (const { path } of stored) expect((await stat(join(target(), path))).mode & 0o777).toBe(0o444);
    expect(await readdir(join(root, ".incoming"))).toEqual([]);
  });

  it("sets damaged bytes aside only where nothing uses them, and goes through no link", async () => {
    await publishArtifact(await arrive("ver_1"), target(), stored);
    await chmod(join(target(), "a.json"), 0o644);
    await writeFile(join(target(), "a.json"), "changed");
    await publishArtifact(await arrive("ver_2"), target(), stored, true);
    expect(await verifyDigest(target(), stored)).toEqual({ kind: "ok" });
    const [kept = ""] = await readdir(join(root, ".damaged"));
    expect(await readFile(join(root, ".damaged", kept, "a.json"), "utf8")).toBe("changed");
    await mkdir(join(root, "elsewhere"));
    await symlink(join(root, "elsewhere"), join(root, "globex--bot"));
    const through = publishArtifact(await arrive("ver_3"), join(root, "globex--bot", "0123456789ab"), stored);
    expect(await refusalOf(through)).toBe("store_damaged");
    expect(await readdir(join(root, "elsewhere"))).toEqual([]);
  });

  it("never replaces other bytes that stand in the place", async () => {
    await publishArtifact(await arrive("ver_1"), target(), stored);
    await chmod(join(target(), "a.json"), 0o644);
    await writeFile(join(target(), "a.json"), "changed");
    expect(await refusalOf(publishArtifact(await arrive("ver_2"), target(), stored))).toBe("store_damaged");
    expect(await readFile(join(target(), "a.json"), "utf8")).toBe("changed");
  });
});

describe("manifestDigest", () => {
  it("depends on names, sizes and contents, and not on the order", () => {
    const a = { path: "a", sizeBytes: 1, sha256: "11" };
    const b = { path: "b", sizeBytes: 2, sha256: "22" };
    const digest = manifestDigest([a, b]);
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
    expect(manifestDigest([b, a])).toBe(digest);
    expect(manifestDigest([a, { ...b, sha256: "23" }])).not.toBe(digest);
    expect(manifestDigest([a, { ...b, path: "c" }])).not.toBe(digest);
    expect(manifestDigest([a])).not.toBe(digest);
  });
});

describe("resolveSource", () => {
  const allowed = () => join(root, "allowed");
  const store = () => join(root, "store");
  const resolved = (path: string) => resolveSource(path, [allowed(), store()], store());
  beforeEach(async () => {
    await mkdir(join(allowed(), "acme"), { recursive: true });
    await mkdir(join(root, "secret"));
    await mkdir(join(store(), ".incoming", "ver_1"), { recursive: true });
    await symlink(join(root, "secret"), join(allowed(), "way-out"));
    await symlink(join(allowed(), "acme"), join(allowed(), "alias"));
    await writeFile(join(allowed(), "file"), "");
  });

  it("gives a folder below an allowed root", async () => {
    expect(await resolved(join(allowed(), "acme"))).toBe(join(allowed(), "acme"));
    expect(await resolved(`${allowed()}/acme/../acme/`)).toBe(join(allowed(), "acme"));
  });

  it.each([
    ["a relative path", () => "acme", "path_not_absolute"],
    ["a path with a NUL", () => `${join(root, "allowed")}/acme\0/x`, "path_not_absolute"],
    ["a folder elsewhere", () => join(root, "secret"), "path_outside_roots"],
    ["a folder elsewhere that is not there", () => join(root, "nothing"), "path_outside_roots"],
    ["a way out by dots", () => `${join(root, "allowed")}/../secret`, "path_outside_roots"],
    ["a folder whose name only starts like a root", () => join(root, "allowed-not"), "path_outside_roots"],
    ["the root itself", () => join(root, "allowed"), "path_outside_roots"],
    ["bytes of someone's draft", () => join(root, "store", ".incoming", "ver_1"), "path_outside_roots"],
    ["a link out of the root", () => join(root, "allowed", "way-out"), "link_refused"],
    ["a path through a link", () => join(root, "allowed", "alias"), "link_refused"],
    ["a file", () => join(root, "allowed", "file"), "path_not_directory"],
    ["a folder that is not there", () => join(root, "allowed", "none"), "path_not_found"],
  ])("refuses %s", async (_what, path, code) => {
    expect(await refusalOf(resolved(path()))).toBe(code);
  });

  it("refuses a folder that holds a link", async () => {
    await symlink("/etc/hostname", join(allowed(), "acme", "adapter_config.json"));
    expect(await refusalOf(listSource(join(allowed(), "acme")))).toBe("link_refused");
  });
});
