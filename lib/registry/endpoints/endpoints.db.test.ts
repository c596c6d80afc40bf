import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createTestApi, type TestApi } from "#lib/api/testing/test-api.ts";
import { newId } from "#lib/platform/ids.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { type FakeEndpoint, sendJson, startFakeEndpoint } from "../testing/fake-endpoint.ts";
import { problemOf } from "../testing/intake-bench.ts";
import { addAdapter, addPool } from "../testing/register.ts";
import { openEndpointKey } from "./endpoint-access.ts";

const KEY = "sk-a-key-of-theirs";
let api: TestApi;
let service: FakeEndpoint;
let poolId: string;
let names = 0;
beforeAll(async () => {
  api = await createTestApi();
  service = await startFakeEndpoint(KEY);
  poolId = (await addPool(api.admin, "pool", "/data/adapters")).id;
});
afterAll(async () => {
  await service.close();
  await api.close();
});
afterEach(() => {
  service.answer = null;
});

const add = (change: object = {}, client = api.admin) => {
  names += 1;
  return client.call("POST /endpoints", {
    body: { name: `Service ${names}`, baseUrl: service.baseUrl, apiKey: KEY, model: "harbor-8b", ...change },
  });
};
const test = (endpointId: string, client = api.admin) =>
  client.call("POST /endpoints/{endpointId}/test", { params: { endpointId } });
const edit = (endpointId: string, generation: number, body: object) =>
  api.admin.call("PATCH /endpoints/{endpointId}", { params: { endpointId }, body, generation });
const remove = (endpointId: string) => api.admin.call("DELETE /endpoints/{endpointId}", { params: { endpointId } });
const auditOf = async (objectId: string) => (await api.admin.call("GET /audit", { query: { objectId } })).items;
const rowOf = (id: string) =>
  api.deps.db.read(platformScope, ({ client }) => client.endpoint.findUniqueOrThrow({ where: { id } }));

describe("an endpoint", () => {
  it("is added, changed and forgotten; its key is sealed and never told", async () => {
    const { tenant } = await addAdapter(api.admin, "harbor", poolId);
    const added = await add({ tenantId: tenant.id, name: "Harbor today", gpus: 1, costPerMonth: 612.5 });
    expect(added).toMatchObject({
      name: "Harbor today",
      baseUrl: service.baseUrl,
      tenantName: "harbor",
      hasKey: true,
      gpus: 1,
      costPerMonth: 612.5,
      usedBy: [],
      generation: 1,
    });
    const row = await rowOf(added.id);
    expect(openEndpointKey(api.deps.secrets, row)).toBe(KEY);
    expect(() => openEndpointKey(api.deps.secrets, { ...row, id: newId("endpoint") })).toThrow();

    const params = { endpointId: added.id };
    const changed = await edit(added.id, 1, { baseUrl: `${service.baseUrl}/`, model: null });
    expect(changed).toMatchObject({ baseUrl: service.baseUrl, model: null, hasKey: true, generation: 2 });
    expect(await problemOf(edit(added.id, 1, { model: "x" }))).toMatchObject({ status: 412 });
    expect(await edit(added.id, 2, { apiKey: null })).toMatchObject({ hasKey: false });
    expect(await api.admin.call("GET /endpoints/{endpointId}", { params })).toMatchObject({ generation: 3 });
    await remove(added.id);
    expect(await problemOf(remove(added.id))).toMatchObject({ status: 404 });
    expect(await problemOf(api.admin.call("GET /endpoints/{endpointId}", { params }))).toMatchObject({ status: 404 });
    const trail = await auditOf(added.id);
    expect(trail.map(({ action }) => action)).toEqual([
      "endpoint.delete",
      "endpoint.update",
      "endpoint.update",
      "endpoint.create",
    ]);
    expect(JSON.stringify([added, changed, trail])).not.toContain(KEY);
    expect(JSON.stringify(trail)).not.toContain("sealed");
  });

  it("keeps its key for the address it was given for", async () => {
    const { id } = await add();
    const moved = { baseUrl: "http://127.0.0.1:9/v1" };
    expect(await problemOf(edit(id, 1, moved))).toMatchObject({
      status: 422,
      errors: [{ field: "apiKey", code: "key_needed" }],
    });
    expect(await edit(id, 1, { ...moved, apiKey: "another" })).toMatchObject({ generation: 2, hasKey: true });
    const { id: keyless } = await add({ apiKey: undefined });
    expect(await edit(keyless, 1, moved)).toMatchObject({ hasKey: false });
  });

  it("is listed for the tenant it may answer for", async () => {
    const [mine, other] = await Promise.all([
      addAdapter(api.admin, "listed-mine", poolId),
      addAdapter(api.admin, "listed-other", poolId),
    ]);
    const shared = await add();
    const own = await add({ tenantId: mine.tenant.id });
    const foreign = await add({ tenantId: other.tenant.id });
    const query = { tenantId: mine.tenant.id, limit: 200 };
    const ids = (await api.admin.call("GET /endpoints", { query })).items.map(({ id }) => id);
    expect(ids).toEqual(expect.arrayContaining([shared.id, own.id]));
    expect(ids).not.toContain(foreign.id);
  });

  it.each([
    ["a URL of one call", { baseUrl: "http://10.0.0.5/v1/chat/completions" }, "baseUrl", "not_a_base"],
    ["another scheme", { baseUrl: "file:///etc/passwd" }, "baseUrl", "bad_scheme"],
    ["credentials in the URL", { baseUrl: "https://me:secret@host/v1" }, "baseUrl", "credentials_in_url"],
    ["a metadata service", { baseUrl: "http://169.254.169.254/v1" }, "baseUrl", "forbidden_address"],
    ["our own gateway", { baseUrl: "http://127.0.0.1:1/v1" }, "baseUrl", "own_gateway"],
    ["a name no header can hold", { name: "Häfen\r\nX-Evil: 1" }, "name", "invalid_format"],
    ["a key with a line break", { apiKey: "sk\nx" }, "apiKey", "invalid_format"],
    ["GPUs below nothing", { gpus: -1 }, "gpus", "too_small"],
    ["a tenant that is not there", { tenantId: "ten_none" }, "tenantId", "unknown_tenant"],
  ])("is refused for %s", async (_what, change, field, code) => {
    const problem = await problemOf(add(change));
    expect(problem.status).toBe(422);
    expect(problem.errors[0]).toMatchObject({ field, code, fix: expect.stringMatching(/\S/) });
  });

  it("has a name of its own", async () => {
    const { id } = await add({ name: "Twice" });
    expect(await problemOf(add({ name: "Twice" }))).toMatchObject({ status: 409, errors: [{ field: "name" }] });
    const { id: other } = await add();
    expect(await problemOf(edit(other, 1, { name: "Twice" }))).toMatchObject({ status: 409, code: "name_taken" });
    expect(id).not.toBe(other);
  });

  it("is written by platform admins, read by staff, and no customer's business", async () => {
    const { tenant } = await addAdapter(api.admin, "curious", poolId);
    const { id } = await add({ tenantId: tenant.id });
    const operator = await api.clientWith(["platform:operate"]);
    const auditor = await api.clientWith(["platform:read"]);
    const customer = await api.clientWith(["tenant:admin"], tenant.id);
    expect(await problemOf(add({}, operator))).toMatchObject({ status: 403 });
    expect((await test(id, operator)).ok).toBe(true);
    expect(await problemOf(test(id, auditor))).toMatchObject({ status: 403 });
    const read = (client: typeof auditor) => client.call("GET /endpoints/{endpointId}", { params: { endpointId: id } });
    expect((await read(auditor)).id).toBe(id);
    expect(await problemOf(read(customer))).toMatchObject({ status: 403 });
    expect(await problemOf(customer.call("GET /endpoints", {}))).toMatchObject({ status: 403 });
  });
});

describe("testing an endpoint", () => {
  it("asks for its models and one token, with the key", async () => {
    const { id } = await add();
    service.asked.length = 0;
    const result = await test(id);
    expect(result).toMatchObject({ ok: true, status: 200, models: ["harbor-8b", "other"], fix: null });
    expect(result.latencyMs).toBeGreaterThanOrEqual(0);
    expect(service.asked.map(({ call, authorization }) => [call, authorization])).toEqual([
      ["GET /v1/models", `Bearer ${KEY}`],
      ["POST /v1/chat/completions", `Bearer ${KEY}`],
    ]);
    expect(JSON.parse(service.asked[1]?.body ?? "")).toMatchObject({ model: "harbor-8b", max_tokens: 1 });
  });

  it("says what is wrong and what to do, and repeats nothing of theirs", async () => {
    const wrongKey = await test((await add({ apiKey: "wrong" })).id);
    expect(wrongKey).toMatchObject({ ok: false, status: 401, models: null, fix: "Enter its key again." });
    expect(wrongKey.message).toContain("invalid_api_key");
    expect(JSON.stringify(wrongKey)).not.toContain("secret text");
    const wrongModel = await test((await add({ model: "gone" })).id);
    expect(wrongModel).toMatchObject({ ok: false, status: 404, fix: "Ask for one that it lists: harbor-8b, other." });
    const wrongPath = await test((await add({ baseUrl: service.baseUrl.replace("/v1", "") })).id);
    expect(wrongPath).toMatchObject({ ok: false, fix: "Check the base URL: most end with /v1." });
    const nobody = await test((await add({ baseUrl: "http://127.0.0.1:9/v1" })).id);
    expect(nobody).toMatchObject({ ok: false, status: null, latencyMs: null, models: null });
  });

  it.each<[string, FakeEndpoint["answer"], RegExp]>([
    ["redirects", (response) => response.writeHead(307, { location: "http://10.1.1.1/" }).end(), /follows no redirect/],
    ["answers something else", (response) => sendJson(response, 200, { hello: 1 }), /no chat completion/],
    ["answers no JSON", (response) => response.writeHead(200).end("<html>"), /no chat completion/],
    ["is full", (response) => sendJson(response, 429, {}), /takes no more requests now/],
    ["fails", (response) => sendJson(response, 503, {}), /fails \(503\)/],
    ["breaks off", (response) => response.destroy(), /gives no answer/],
  ])("tells when it %s", async (_what, answer, message) => {
    const { id } = await add();
    service.answer = answer;
    const result = await test(id);
    expect(result.ok).toBe(false);
    expect(result.message).toMatch(message);
    expect(result.fix).toMatch(/\S/);
  });
});
