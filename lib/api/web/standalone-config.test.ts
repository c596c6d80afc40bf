import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { standaloneConfig } from "./standalone-config.ts";

const folders: string[] = [];
afterEach(() => Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true }))));

/** What `next build` leaves for a server. */
async function built(config: object): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "switchyard-web-"));
  folders.push(folder);
  await mkdir(join(folder, ".next"));
  await writeFile(join(folder, ".next", "required-server-files.json"), JSON.stringify({ version: 1, config }));
  return folder;
}

it("a standalone build runs with the configuration it was built with", async () => {
  const config = { output: "standalone", poweredByHeader: false };
  expect(await standaloneConfig(await built(config))).toBe(JSON.stringify(config));
});

it("any other build reads its own", async () => {
  expect(await standaloneConfig(await built({ poweredByHeader: false }))).toBeNull();
});
