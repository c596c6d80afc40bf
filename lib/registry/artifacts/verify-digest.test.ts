import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { verifyDigest } from "./verify-digest.ts";

const bytes = Uint8Array.from({ length: 300 }, (_, i) => i & 0xff);
const sha256 = createHash("sha256").update(bytes).digest("hex");
const expected = [
  { path: "config", sizeBytes: 300, sha256 },
  { path: "weights", sizeBytes: 300, sha256 },
];

let root: string;
let directory: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "switchyard-verify-"));
  directory = join(root, "0123456789ab");
  await mkdir(directory);
  for (const { path } of expected) await writeFile(join(directory, path), bytes);
});
afterEach(() => rm(root, { recursive: true }));

const flipped = Uint8Array.from(bytes, (byte, i) => (i === 200 ? byte ^ 1 : byte));
const at = (name: string) => join(directory, name);

describe("verifyDigest", () => {
  it("says yes to the registered bytes", async () => {
    expect(await verifyDigest(directory, expected)).toEqual({ kind: "ok" });
  });

  it.each<[string, () => Promise<unknown>, object]>([
    [
      "a flipped bit",
      () => writeFile(at("weights"), flipped),
      { problem: "changed", path: "weights", expected: sha256, found: expect.stringMatching(/^[0-9a-f]{64}$/) },
    ],
    [
      "a grown file",
      () => writeFile(at("weights"), new Uint8Array(301)),
      { problem: "changed", path: "weights", expected: "300 bytes", found: "301 bytes" },
    ],
    ["a missing file", () => rm(at("config")), { problem: "missing", path: "config", expected: sha256, found: null }],
    ["an added file", () => writeFile(at("x"), ""), { problem: "added", path: "x", expected: null }],
    ["an added folder", () => mkdir(at("x")), { problem: "added", path: "x" }],
    [
      "a link in a file's place, even to the same bytes",
      async () => {
        await rename(at("config"), join(root, "elsewhere"));
        await symlink(join(root, "elsewhere"), at("config"));
      },
      { problem: "changed", path: "config", found: "no plain file" },
    ],
    [
      "a folder in a file's place",
      async () => {
        await rm(at("config"));
        await mkdir(at("config"));
      },
      { problem: "changed", path: "config", found: "no plain file" },
    ],
    ["a missing directory", () => rename(directory, join(root, "gone")), { problem: "missing", path: "" }],
    [
      "a link in the directory's place",
      async () => {
        await rename(directory, join(root, "elsewhere"));
        await symlink(join(root, "elsewhere"), directory);
      },
      { problem: "changed", path: "" },
    ],
  ])("finds %s, and tells no path of this machine", async (_what, change, damage) => {
    await change();
    const check = await verifyDigest(directory, expected);
    expect(check).toMatchObject({ kind: "wrong", ...damage });
    expect(JSON.stringify(check)).not.toContain(root);
  });

  it("ends when the caller goes", async () => {
    const caller = new AbortController();
    const check = verifyDigest(directory, expected, { signal: caller.signal, bytesPerSecond: 1 });
    caller.abort(new Error("gone"));
    await expect(check).rejects.toThrow("gone");
  });
});
