import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sourceStamp } from "./source-stamp.ts";

let root: string;
const write = async (path: string, text: string): Promise<void> => {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
};
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "switchyard-stamp-"));
  await write("lib/gateway/decide.ts", "export const a = 1;");
  await write("package.json", "{}");
});
afterEach(() => rm(root, { recursive: true, force: true }));

describe("sourceStamp", () => {
  it.each([
    ["a changed source", "lib/gateway/decide.ts", "export const a = 2;"],
    ["a new source", "app/page.tsx", ""],
    ["a changed schema", "prisma/schema/pools.prisma", "model A {}"],
    ["another dependency", "package-lock.json", "{}"],
  ])("changes with %s", async (_, path, text) => {
    const before = await sourceStamp(root);
    await write(path, text);
    expect(await sourceStamp(root)).not.toBe(before);
  });

  it.each([
    ["a test", "lib/gateway/decide.test.ts"],
    ["a room's page", "lib/gateway/README.md"],
    ["what no build reads", "docs/adr/0001.md"],
  ])("stays the same with %s", async (_, path) => {
    const before = await sourceStamp(root);
    await write(path, "new");
    expect(await sourceStamp(root)).toBe(before);
  });

  it("tells a moved line from a renamed file", async () => {
    const before = await sourceStamp(root);
    await write("lib/gateway/decide.ts", "");
    await write("lib/gateway/other.ts", "export const a = 1;");
    expect(await sourceStamp(root)).not.toBe(before);
  });
});
