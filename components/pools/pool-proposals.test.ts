import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { CreatePool } from "#lib/pools/schema.ts";
import { bodyOf, EMPTY_POOL, proposalsFor } from "./pool-proposals.ts";

const readJson = async (name: string): Promise<Record<string, unknown>> =>
  JSON.parse(await readFile(`e2e/fixtures/tiny-llama/${name}`, "utf8"));
const files = { configJson: {}, tokenizerJson: {} };
const refusedOf = (body: unknown) => CreatePool.safeParse(body).error?.issues.map(({ path }) => path.join("."));

describe("a new pool", () => {
  it("is one the API takes, from a name, a model and the base's own files", async () => {
    const config = await readJson("config.json");
    const values = { ...EMPTY_POOL, name: "Tiny Llama", baseModel: "tiny" };
    const read = { configJson: config, tokenizerJson: await readJson("tokenizer.json") };
    expect(CreatePool.parse(bodyOf(values, { config, tenantCount: 40 }, read))).toMatchObject({
      slug: "tiny-llama",
      dtype: "bfloat16",
      maxModelLen: 8192,
      maxLoras: 12,
      maxCpuLoras: 48,
      baseRevision: null,
    });
  });

  it("follows the slots with its CPU cache until a number is typed", () => {
    const facts = { config: null, tenantCount: 0 };
    expect(proposalsFor({ name: "", maxLoras: 20 }, facts).maxCpuLoras).toBe(20);
    expect(proposalsFor({ name: "", maxLoras: Number.NaN }, facts).maxCpuLoras).toBe(1);
    expect(bodyOf({ ...EMPTY_POOL, maxLoras: 20, maxCpuLoras: 64 }, facts, files).maxCpuLoras).toBe(64);
  });

  it("names each field that is still to be filled in, and sends no number that is none", () => {
    const facts = { config: null, tenantCount: 0 };
    const values = { ...EMPTY_POOL, name: "Pool", baseModel: "m", maxLoras: Number.NaN };
    expect(refusedOf(bodyOf(values, facts, files))).toEqual(["maxLoras"]);
    const chosen = { ...EMPTY_POOL, name: "Pool", baseModel: "m" };
    expect(refusedOf(bodyOf({ ...chosen, maxLoraRank: null }, facts, files))).toEqual(["maxLoraRank"]);
    expect(refusedOf(bodyOf(chosen, facts, undefined))).toEqual(["files"]);
  });
});
