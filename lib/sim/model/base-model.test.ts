import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { BASE_MODEL, MODEL_DIR } from "../testing/node-fixture.ts";
import { sharedBaseModel } from "./base-model.ts";

it("is read once for all nodes of one base, and again when a file has changed", async () => {
  const directory = await mkdtemp(join(tmpdir(), "switchyard-base-"));
  await cp(MODEL_DIR, directory, { recursive: true });
  const first = await sharedBaseModel(BASE_MODEL, directory, 0);
  expect(await sharedBaseModel(BASE_MODEL, directory, 0)).toBe(first);
  expect(await sharedBaseModel(BASE_MODEL, directory, 1)).not.toBe(first);
  const config = JSON.parse(await readFile(join(directory, "config.json"), "utf8")) as object;
  await writeFile(join(directory, "config.json"), JSON.stringify({ ...config, num_hidden_layers: 3 }));
  expect((await sharedBaseModel(BASE_MODEL, directory, 0)).shapes.layers).toBe(3);
  await rm(directory, { recursive: true });
  await expect(sharedBaseModel(BASE_MODEL, directory, 0)).rejects.toThrow("config.json");
});
