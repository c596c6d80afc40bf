import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { CreatePool } from "#lib/pools/schema.ts";
import { EMPTY_DRAFT, fillDraft, toNewPool } from "./pool-draft.ts";

const readJson = async (name: string): Promise<Record<string, unknown>> =>
  JSON.parse(await readFile(`e2e/fixtures/tiny-llama/${name}`, "utf8"));

describe("a new pool", () => {
  it("is one the API takes, from a name, a model and the base's own files", async () => {
    const config = await readJson("config.json");
    const draft = fillDraft({ ...EMPTY_DRAFT, name: "Tiny Llama", baseModel: "tiny" }, { config, tenantCount: 40 });
    const body = toNewPool(draft, { configJson: config, tokenizerJson: await readJson("tokenizer.json") });
    expect(CreatePool.parse(body)).toMatchObject({
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
    expect(fillDraft({ ...EMPTY_DRAFT, maxLoras: "20" }, facts).maxCpuLoras).toBe("20");
    expect(fillDraft({ ...EMPTY_DRAFT, maxLoras: "20", maxCpuLoras: "64" }, facts).maxCpuLoras).toBe("64");
    expect(fillDraft({ ...EMPTY_DRAFT, maxLoras: "" }, facts).maxCpuLoras).toBe("1");
  });

  it("leaves an empty number to the API, which names the field", async () => {
    const draft = fillDraft(
      { ...EMPTY_DRAFT, name: "Pool", baseModel: "m", maxLoras: "" },
      { config: null, tenantCount: 0 },
    );
    const sent = JSON.parse(JSON.stringify(toNewPool(draft, { configJson: {}, tokenizerJson: {} })));
    const refused = CreatePool.safeParse(sent);
    expect(refused.error?.issues.map((issue) => issue.path.join("."))).toEqual(["maxLoras"]);
  });
});
