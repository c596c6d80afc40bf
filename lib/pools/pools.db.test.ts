import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ApiError } from "#lib/api/client.ts";
import { createTestApi, type TestApi } from "#lib/api/testing/test-api.ts";
import * as seed from "#lib/metrics/testing/seed-catalog.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { BASE } from "#lib/registry/testing/adapter-folder.ts";
import { addPool } from "#lib/registry/testing/register.ts";

const NOW = new Date();
let api: TestApi;
beforeAll(async () => {
  api = await createTestApi();
});
afterAll(() => api.close());

const problemOf = async (call: Promise<unknown>) => {
  const error = await call.catch((thrown: unknown) => thrown);
  if (!(error instanceof ApiError)) throw new Error("expected the API to refuse");
  return error.problem;
};
const countPools = async () => (await api.admin.call("GET /pools", { query: { limit: 200 } })).items.length;

describe("pools", () => {
  it("keeps the base model's fingerprints and says what a slot costs", async () => {
    const pool = await addPool(api.admin, "llama-r16", "/data/adapters");
    expect(pool).toMatchObject({
      architecture: "LlamaForCausalLM",
      baseShapes: { hiddenSize: 64, layers: 2, kvHeads: 1, headDim: 32, vocabSize: 640 },
      nodeCount: 0,
      adapterCount: 0,
      generation: 1,
      fallback: "base_model",
    });
    for (const checksum of [pool.architectureChecksum, pool.tokenizerChecksum, pool.chatTemplateChecksum])
      expect(checksum).toMatch(/^[0-9a-f]{64}$/);
    // in + out of q 128, k 96, v 96, o 128, gate 192, up 192, down 192 in each of 2 layers; embed_tokens and lm_head 704
    expect(pool.slotBytes).toBe(16 * (2 * 1024 + 2 * 704) * 2);
    expect(await api.admin.call("GET /pools/{poolId}", { params: { poolId: pool.id } })).toEqual(pool);
  });

  it("states the training contract", async () => {
    const pool = await addPool(api.admin, "contract", "/data/adapters");
    const contract = await api.admin.call("GET /pools/{poolId}/training-contract", { params: { poolId: pool.id } });
    expect(contract).toMatchObject({ rank: 16, sequenceLimit: 4096, tokenizerChecksum: pool.tokenizerChecksum });
    expect(contract.targetModules).toContain("q_proj");
  });

  it("refuses a slug that is taken, naming the field, and changes nothing", async () => {
    await addPool(api.admin, "taken", "/data/adapters");
    const before = await countPools();
    const problem = await problemOf(addPool(api.admin, "taken", "/data/adapters"));
    expect(problem).toMatchObject({ status: 409, code: "slug_taken", errors: [{ field: "slug", code: "slug_taken" }] });
    expect(await countPools()).toBe(before);
  });

  it.each([
    ["fewer CPU places than slots", { maxCpuLoras: 1 }, "maxCpuLoras", "cpu_cache_below_slots"],
    ["a prompt longer than the base has positions", { maxModelLen: 8193 }, "maxModelLen", "beyond_base_model"],
    ["a rank vLLM does not know", { maxLoraRank: 24 }, "maxLoraRank", "invalid_value"],
    ["a relative adapter directory", { adapterDirectory: "adapters" }, "adapterDirectory", "invalid_format"],
    ["an adapter directory with dots", { adapterDirectory: "/data/../etc" }, "adapterDirectory", "invalid_format"],
    [
      "a config without an architecture",
      { files: { configJson: {}, tokenizerJson: BASE.tokenizerJson } },
      "files.configJson.architectures",
      "config_incomplete",
    ],
    [
      "a config without shapes",
      { files: { configJson: { architectures: ["LlamaForCausalLM"] }, tokenizerJson: BASE.tokenizerJson } },
      "files.configJson",
      "config_incomplete",
    ],
    [
      "a tokenizer without a vocabulary",
      { files: { configJson: BASE.configJson, tokenizerJson: {} } },
      "files.tokenizerJson.model.vocab",
      "tokenizer_incomplete",
    ],
    ["a checksum of its own", { tokenizerChecksum: "00" }, "body", "unrecognized_keys"],
  ])("refuses %s", async (_what, change, field, code) => {
    const before = await countPools();
    const problem = await problemOf(addPool(api.admin, "refused", "/data/adapters", change as object));
    expect(problem.status).toBe(422);
    expect(problem.errors.map((error) => [error.field, error.code])).toEqual([[field, code]]);
    expect(problem.errors[0]?.fix).toBeTruthy();
    expect(await countPools()).toBe(before);
  });

  it("changes fallback and batch wait behind If-Match, once", async () => {
    const pool = await addPool(api.admin, "edited", "/data/adapters");
    const change = { params: { poolId: pool.id }, body: { fallback: "reject" as const }, generation: pool.generation };
    const after = await api.admin.call("PATCH /pools/{poolId}", change);
    expect(after).toMatchObject({ fallback: "reject", maxBatchWaitMs: 50, generation: 2 });
    expect(await problemOf(api.admin.call("PATCH /pools/{poolId}", change))).toMatchObject({
      status: 412,
      code: "stale",
    });
    const [entry] = (await api.admin.call("GET /audit", { query: { objectId: pool.id } })).items;
    expect(entry).toMatchObject({
      action: "pool.update",
      before: { fallback: "base_model" },
      after: { fallback: "reject" },
    });
  });

  describe("that were set up wrong", () => {
    const edit = (poolId: string, generation: number, body: object) =>
      api.admin.call("PATCH /pools/{poolId}", { params: { poolId }, body, generation });
    const remove = (client: TestApi["admin"], poolId: string) =>
      client.call("DELETE /pools/{poolId}", { params: { poolId } });

    it("get another directory and another name of the base, whose former one becomes an alias", async () => {
      const pool = await addPool(api.admin, "mistyped", "/wrong");
      await seed.seedNode(api.deps.db, {
        poolId: pool.id,
        name: "mistyped-1",
        baseUrl: "http://mistyped",
        seenAt: NOW,
      });
      const after = await edit(pool.id, 1, { adapterDirectory: "/data/adapters", baseModel: "acme/served-name" });
      expect(after).toMatchObject({
        adapterDirectory: "/data/adapters",
        baseModel: "acme/served-name",
        baseAliases: [pool.baseModel],
      });
      expect(await edit(pool.id, 2, { baseModel: pool.baseModel })).toMatchObject({
        baseModel: pool.baseModel,
        baseAliases: ["acme/served-name"],
      });
    });

    it("keep both while an adapter is loaded, and stay while something is in them", async () => {
      const pool = await addPool(api.admin, "in-use", "/data/adapters");
      const tenantId = await seed.seedTenant(api.deps.db, { slug: "in-use" });
      const adapterId = await seed.seedAdapter(api.deps.db, { tenantId, poolId: pool.id, slug: "bot" });
      const versionId = await seed.seedVersion(api.deps.db, {
        tenantId,
        adapterId,
        number: 1,
        loraName: "in-use--bot--v1",
      });
      const nodeId = await seed.seedNode(api.deps.db, {
        poolId: pool.id,
        name: "in-use-1",
        baseUrl: "http://in-use",
        seenAt: NOW,
      });
      await seed.seedRoutable(api.deps.db, { tenantId, versionId, nodeId, loraName: "in-use--bot--v1", at: NOW });
      for (const field of ["adapterDirectory", "baseModel"] as const) {
        const problem = await problemOf(edit(pool.id, 1, { [field]: "/another" }));
        expect(problem).toMatchObject({ status: 409, code: "adapters_loaded", errors: [{ field }] });
        expect(problem.detail).toContain("1 adapter is loaded on in-use-1");
        expect(await edit(pool.id, 1, { [field]: "/another" }).catch(() => "refused")).toBe("refused");
      }
      const problem = await problemOf(remove(api.admin, pool.id));
      expect(problem).toMatchObject({ status: 409, code: "pool_in_use" });
      expect(problem.detail).toContain("1 node, 1 version");
    });

    it("are deleted once, with adapters that never had a version, by an admin", async () => {
      const pool = await addPool(api.admin, "empty", "/data/adapters");
      const tenantId = await seed.seedTenant(api.deps.db, { slug: "empty" });
      await seed.seedAdapter(api.deps.db, { tenantId, poolId: pool.id, slug: "never-used" });
      const viewer = await api.clientWith(["platform:read"]);
      expect(await problemOf(remove(viewer, pool.id))).toMatchObject({ status: 403 });
      await remove(api.admin, pool.id);
      expect(await problemOf(remove(api.admin, pool.id))).toMatchObject({ status: 404 });
      const [entry] = (await api.admin.call("GET /audit", { query: { objectId: pool.id } })).items;
      expect(entry).toMatchObject({ action: "pool.delete", before: { slug: "empty", adapters: ["never-used"] } });
    });
  });

  it("says where adapters are kept", async () => {
    expect(await api.admin.call("GET /adapter-store", {})).toEqual({ path: api.deps.adapterStore });
  });

  describe("other names of the base model", () => {
    const ALIAS = "unsloth/tiny-llama-bnb-4bit";
    const addAlias = (client: TestApi["admin"], poolId: string, alias: string) =>
      client.call("POST /pools/{poolId}/base-aliases", { params: { poolId }, body: { alias } });

    it("are stored once, however often they are acknowledged, and each call is in the trail", async () => {
      const pool = await addPool(api.admin, "aliased", "/data/adapters");
      expect(pool).toMatchObject({ baseAliases: [], otherBases: [] });
      expect(await addAlias(api.admin, pool.id, ALIAS)).toMatchObject({ baseAliases: [ALIAS], generation: 2 });
      expect(await addAlias(api.admin, pool.id, ALIAS)).toMatchObject({ baseAliases: [ALIAS], generation: 2 });
      expect((await addAlias(api.admin, pool.id, "")).baseAliases).toEqual([ALIAS, ""]);
      const entries = (await api.admin.call("GET /audit", { query: { objectId: pool.id } })).items;
      expect(entries.filter(({ action }) => action === "pool.add_base_alias")).toHaveLength(3);
    });

    it("are edited as a list behind If-Match", async () => {
      const pool = await addPool(api.admin, "alias-list", "/data/adapters");
      const edit = (baseAliases: string[], generation: number) =>
        api.admin.call("PATCH /pools/{poolId}", { params: { poolId: pool.id }, body: { baseAliases }, generation });
      expect((await edit([ALIAS, "/models/tiny-*", ALIAS], 1)).baseAliases).toEqual([ALIAS, "/models/tiny-*"]);
      const problem = await problemOf(edit([ALIAS, "*"], 2));
      expect(problem.errors).toMatchObject([{ field: "baseAliases.1", code: "alias_too_wide" }]);
      expect((await edit([], 2)).baseAliases).toEqual([]);
    });

    it("are refused where they belong to another base, also one that another pool serves", async () => {
      const pool = await addPool(api.admin, "alias-other", "/data/adapters");
      const other = await addPool(api.admin, "house", "/data/adapters", { baseModel: "acme/house-model" });
      try {
        expect(other.otherBases).toContain(BASE.baseModel);
        for (const alias of ["acme/house-model", "unsloth/house-model-4bit", `${BASE.baseModel}-instruct`]) {
          const problem = await problemOf(addAlias(api.admin, pool.id, alias));
          expect(problem).toMatchObject({ status: 422, code: "alias_is_other_base", errors: [{ field: "alias" }] });
        }
        expect((await api.admin.call("GET /pools/{poolId}", { params: { poolId: pool.id } })).baseAliases).toEqual([]);
      } finally {
        await api.deps.db.write(platformScope, ({ client }) => client.pool.delete({ where: { id: other.id } }));
      }
    });

    it("are an admin's to give, of a pool that exists", async () => {
      const pool = await addPool(api.admin, "alias-roles", "/data/adapters");
      const operator = await api.clientWith(["platform:operate"]);
      expect(await problemOf(addAlias(operator, pool.id, ALIAS))).toMatchObject({ status: 403 });
      const nowhere = pool.id.replace(/.$/, (last) => (last === "0" ? "1" : "0"));
      expect(await problemOf(addAlias(api.admin, nowhere, ALIAS))).toMatchObject({ status: 404 });
    });
  });

  it("is out of a customer's reach, and read-only for an operator", async () => {
    const pool = await addPool(api.admin, "reach", "/data/adapters");
    const tenant = await api.admin.call("POST /tenants", { body: { slug: "acme", name: "Acme" } });
    const customer = await api.clientWith(["tenant:admin"], tenant.id);
    expect(await problemOf(customer.call("GET /pools", {}))).toMatchObject({ status: 403 });
    const operator = await api.clientWith(["platform:operate"]);
    expect((await operator.call("GET /pools/{poolId}", { params: { poolId: pool.id } })).id).toBe(pool.id);
    expect(await problemOf(addPool(operator, "mine", "/data/adapters"))).toMatchObject({ status: 403 });
  });
});
