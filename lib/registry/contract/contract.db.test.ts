import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestApi, type TestApi } from "#lib/api/testing/test-api.ts";
import { checkFolder } from "../browser/check-folder.ts";
import { ContractDocumentSchema } from "../browser/contract-schema.ts";
import { REFUSED_SETTINGS } from "../browser/refused-settings.ts";
import { BASE, folderFiles, goodFolder } from "../testing/adapter-folder.ts";
import { baseConfigOf } from "../testing/architectures.ts";
import { addPool } from "../testing/register.ts";

let api: TestApi;
beforeAll(async () => {
  api = await createTestApi();
});
afterAll(() => api.close());

const read = (poolId: string) => api.admin.call("GET /pools/{poolId}/training-contract", { params: { poolId } });

describe("a pool's training contract", () => {
  it("holds everything that a checker needs, in a format with a number", async () => {
    const pool = await addPool(api.admin, "whole", "/data/whole");
    const contract = await read(pool.id);
    expect(ContractDocumentSchema.parse(JSON.parse(JSON.stringify(contract)))).toEqual(contract);
    expect(contract).toMatchObject({
      format: "switchyard.training-contract/1",
      pool: { id: pool.id, slug: "whole", generation: pool.generation },
      baseModel: BASE.baseModel,
      rank: 16,
      sequenceLimit: 4096,
      architectureChecksum: pool.architectureChecksum,
      tokenizerChecksum: pool.tokenizerChecksum,
      chatTemplateChecksum: pool.chatTemplateChecksum,
      baseShapes: pool.baseShapes,
      slotBytes: pool.slotBytes,
      storedDtypes: ["bfloat16", "float16", "float32"],
    });
    const rules = { ...contract, maxLoraRank: contract.rank };
    const { findings } = await checkFolder(folderFiles(goodFolder("support-bot")), rules);
    expect(findings.filter(({ severity }) => severity === "error")).toEqual([]);
  });

  it("names every option that the checks refuse, each with a reason and what to do instead", async () => {
    const { id } = await addPool(api.admin, "options", "/data/options");
    const { forbidden } = await read(id);
    for (const { key } of REFUSED_SETTINGS) expect(forbidden.map(({ option }) => option)).toContain(key);
    for (const { why, instead } of forbidden) expect([why.length > 0, instead.length > 0]).toEqual([true, true]);
  });

  it("tells which pools of the same base have other ranks", async () => {
    const first = await addPool(api.admin, "rank-sixteen", "/data/a");
    await addPool(api.admin, "rank-eight", "/data/b", { maxLoraRank: 8 });
    await addPool(api.admin, "rank-sixteen-too", "/data/c");
    const { otherRanks, rules } = await read(first.id);
    expect(otherRanks).toEqual([{ slug: "rank-eight", name: "rank-eight", rank: 8 }]);
    expect(rules.find(({ id }) => id === "rank")?.why).toContain("8 in rank-eight");
  });

  it("allows embeddings only where vLLM takes a LoRA on them, and says so for a base it does not know", async () => {
    const pool = (slug: string, baseModel: string, configJson: Record<string, unknown>) =>
      api.admin.call("POST /pools", {
        body: {
          slug,
          name: slug,
          baseModel,
          maxModelLen: 1024,
          maxLoras: 2,
          maxLoraRank: 8,
          maxCpuLoras: 4,
          files: { configJson, tokenizerJson: BASE.tokenizerJson },
          adapterDirectory: `/data/${slug}`,
        },
      });
    const gemma = await read((await pool("gemma", "switchyard/tiny-gemma2", baseConfigOf("gemma2"))).id);
    expect(gemma.modules?.map(({ name }) => name)).not.toContain("embed_tokens");
    expect(gemma.modules).toContainEqual({
      name: "down_proj",
      path: "model.layers.<n>.mlp.down_proj",
      input: 192,
      output: 64,
    });
    const other = await read((await pool("other", "acme/other", { architectures: ["OtherForCausalLM"] })).id);
    expect([other.modules, other.baseShapes, other.slotBytes]).toEqual([null, null, null]);
    expect(other.loraConfig.target_modules).toBe("all-linear");
  });

  it("is downloaded as Markdown", async () => {
    const { id } = await addPool(api.admin, "paper", "/data/paper");
    const reply = await api.fetch(`/api/v1/pools/${id}/training-contract.md`, {
      headers: { authorization: `Bearer ${api.adminKey}` },
    });
    const text = await reply.text();
    expect(reply.status).toBe(200);
    expect(reply.headers.get("etag")).toBe(`"${createHash("sha256").update(text).digest("hex")}"`);
    expect(text).toContain("# Training contract of the pool paper");
    expect(text).toContain('    base_model_name_or_path="switchyard/tiny-llama",');
    expect(text).toContain("| `use_dora` |");
  });
});
