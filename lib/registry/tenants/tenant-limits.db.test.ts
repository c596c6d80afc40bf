import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createTestApi, type TestApi } from "#lib/api/testing/test-api.ts";
import { systemWrite } from "#lib/identity/ctx.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { createAdapter } from "../adapters/create-adapter.ts";
import { problemOf } from "../testing/intake-bench.ts";
import { addAdapter, addPool } from "../testing/register.ts";

let api: TestApi;
let poolId: string;
let shared: string;
beforeAll(async () => {
  api = await createTestApi();
  poolId = (await addPool(api.admin, "pool", "/data/adapters")).id;
  shared = await addEndpoint("Provider");
});
afterAll(() => api.close());

const addEndpoint = async (name: string, tenantId: string | null = null) =>
  (await api.admin.call("POST /endpoints", { body: { name, baseUrl: "https://models.example.com/v1", tenantId } })).id;
const removeEndpoint = (endpointId: string) =>
  api.admin.call("DELETE /endpoints/{endpointId}", { params: { endpointId } });
const addTenant = (slug: string, change: object = {}) =>
  api.admin.call("POST /tenants", { body: { slug, name: slug, ...change } });
const read = (tenantId: string, client = api.admin) => client.call("GET /tenants/{tenantId}", { params: { tenantId } });
const edit = async (tenantId: string, body: object) =>
  api.admin.call("PATCH /tenants/{tenantId}", {
    params: { tenantId },
    body,
    generation: (await read(tenantId)).generation,
  });
const editPool = async (body: object, id = poolId) =>
  api.admin.call("PATCH /pools/{poolId}", {
    params: { poolId: id },
    body,
    generation: (await api.admin.call("GET /pools/{poolId}", { params: { poolId: id } })).generation,
  });
/** Statements of this database that wait for another transaction. */
const waitingForLocks = () =>
  api.deps.db.read(platformScope, async ({ client }) => {
    const rows = await client.$queryRaw<unknown[]>`
      SELECT DISTINCT l."pid" FROM pg_locks l JOIN pg_stat_activity a ON a."pid" = l."pid"
      WHERE NOT l."granted" AND a."datname" = current_database()`;
    return rows.length;
  });
const refusal = (field: string, code: string) => ({ status: 422, errors: [{ field, code }] });

describe("a tenant's limits", () => {
  it("start without any, are set and taken away again, and are seen by the tenant itself", async () => {
    const tenant = await addTenant("limited");
    const none = { weight: 1, maxConcurrent: null, requestsPerMinute: null, tokensPerMinute: null };
    expect(tenant).toMatchObject({ ...none, hostedEndpointId: null });
    const limits = { weight: 3, maxConcurrent: 8, requestsPerMinute: 120, tokensPerMinute: 60_000 };
    expect(await edit(tenant.id, limits)).toMatchObject(limits);
    const viewer = await api.clientWith(["tenant:read"], tenant.id);
    expect(await read(tenant.id, viewer)).toMatchObject(limits);
    expect(await edit(tenant.id, { tokensPerMinute: null })).toMatchObject({ ...limits, tokensPerMinute: null });
    const [last] = (await api.admin.call("GET /audit", { query: { objectId: tenant.id } })).items;
    expect(last).toMatchObject({ before: { tokensPerMinute: 60_000 }, after: { tokensPerMinute: null } });
    const customer = await api.clientWith(["tenant:admin"], tenant.id);
    const raise = customer.call("PATCH /tenants/{tenantId}", {
      params: { tenantId: tenant.id },
      body: { maxConcurrent: 99 },
      generation: 3,
    });
    expect(await problemOf(raise)).toMatchObject({ status: 403 });
    expect(await addTenant("limited-from-start", limits)).toMatchObject(limits);
  });

  it.each([
    ["weight", 0],
    ["weight", 101],
    ["maxConcurrent", 0],
    ["requestsPerMinute", 1.5],
    ["tokensPerMinute", 3_000_000_000],
  ])("refuse %s %d, naming it", async (field, value) => {
    const problem = await problemOf(addTenant("refused", { [field]: value }));
    expect(problem).toMatchObject({ status: 422, errors: [{ field }] });
  });
});

describe("the policy hosted_provider", () => {
  it("needs an endpoint that may answer for the tenant, its own or its pool's", async () => {
    const { tenant } = await addAdapter(api.admin, "hosted", poolId);
    const foreign = await addEndpoint("Of another", (await addTenant("another")).id);
    const own = await addEndpoint("Of its own", tenant.id);
    const hosted = { fallback: "hosted_provider" as const };
    expect(await problemOf(edit(tenant.id, hosted))).toMatchObject(refusal("hostedEndpointId", "endpoint_needed"));
    expect(await problemOf(addTenant("new", hosted))).toMatchObject(refusal("hostedEndpointId", "endpoint_needed"));
    for (const id of [foreign, "end_none"]) {
      const wrong = edit(tenant.id, { ...hosted, hostedEndpointId: id });
      expect(await problemOf(wrong)).toMatchObject(refusal("hostedEndpointId", "unknown_endpoint"));
    }
    expect(await read(tenant.id)).toMatchObject({ fallback: "base_model", generation: 1 });

    expect(await edit(tenant.id, { ...hosted, hostedEndpointId: own })).toMatchObject({ hostedEndpointId: own });
    expect(await problemOf(removeEndpoint(own))).toMatchObject({ status: 409, code: "endpoint_in_use" });
    const without = edit(tenant.id, { hostedEndpointId: null });
    expect(await problemOf(without)).toMatchObject(refusal("hostedEndpointId", "endpoint_needed"));

    await editPool({ hostedEndpointId: shared });
    expect(await edit(tenant.id, { hostedEndpointId: null })).toMatchObject(hosted);
    await removeEndpoint(own);
    expect(await problemOf(editPool({ hostedEndpointId: null }))).toMatchObject({
      status: 409,
      code: "endpoint_relied_on",
      detail: expect.stringContaining("hosted"),
    });
    await edit(tenant.id, { fallback: "reject" });
    expect(await editPool({ hostedEndpointId: null })).toMatchObject({ hostedEndpointId: null });
  });

  it("keeps an adapter out of a pool that has none, naming the pool and what to do", async () => {
    const bare = await addPool(api.admin, "bare", "/data/adapters");
    const { tenant } = await addAdapter(api.admin, "outgrown", poolId);
    const own = await addEndpoint("Outgrown's own", tenant.id);
    const add = () =>
      api.admin.call("POST /tenants/{tenantId}/adapters", {
        params: { tenantId: tenant.id },
        body: { slug: "second", name: "Second", poolId: bare.id },
      });
    await editPool({ hostedEndpointId: shared });
    await edit(tenant.id, { fallback: "hosted_provider" });
    const problem = await problemOf(add());
    expect(problem).toMatchObject({
      ...refusal("poolId", "endpoint_needed"),
      errors: [
        {
          message: "outgrown falls back to a hosted provider, and neither it nor the pool bare has one.",
          fix: expect.stringContaining("Choose an endpoint for the pool or the tenant"),
        },
      ],
    });
    await edit(tenant.id, { hostedEndpointId: own });
    expect(await add()).toMatchObject({ poolId: bare.id });
    const back = edit(tenant.id, { hostedEndpointId: null });
    expect(await problemOf(back)).toMatchObject(refusal("hostedEndpointId", "endpoint_needed"));
    await edit(tenant.id, { fallback: "reject" });
    await editPool({ hostedEndpointId: null });
  });

  it("is not pulled from under an adapter that is being added", async () => {
    const pool = await addPool(api.admin, "raced", "/data/adapters");
    await editPool({ hostedEndpointId: shared }, pool.id);
    const { tenant } = await addAdapter(api.admin, "racer", poolId);
    const own = await addEndpoint("Racer's own", tenant.id);
    await edit(tenant.id, { fallback: "hosted_provider", hostedEndpointId: own });
    await editPool({ hostedEndpointId: shared });
    await edit(tenant.id, { hostedEndpointId: null });
    const input = { tenantId: tenant.id, poolId: pool.id, slug: "second", name: "Second" };
    const taken = await systemWrite(api.deps, "test", async (ctx) => {
      await createAdapter(ctx, input);
      const taking = problemOf(editPool({ hostedEndpointId: null }, pool.id));
      await vi.waitFor(async () => expect(await waitingForLocks()).toBe(1), 10_000); // it goes on when the adapter is there
      return { taking };
    });
    expect(await taken.taking).toMatchObject({ status: 409, code: "endpoint_relied_on" });
    await edit(tenant.id, { fallback: "reject" });
    await editPool({ hostedEndpointId: null });
  });
});

describe("a pool's policy", () => {
  it("takes saturation, queue and provider, and refuses a provider that is one tenant's", async () => {
    const pool = await addPool(api.admin, "policy", "/data/adapters");
    expect(pool).toMatchObject({ saturationWaitMs: 5000, queueMax: 512, maxInFlight: 256, hostedEndpointId: null });
    const policy = { saturationWaitMs: 800, queueMax: 64, maxInFlight: 32, maxBatchWaitMs: 20 };
    expect(await editPool(policy, pool.id)).toMatchObject(policy);
    const own = await addEndpoint("Somebody's", (await addTenant("somebody")).id);
    const wrong = editPool({ hostedEndpointId: own }, pool.id);
    expect(await problemOf(wrong)).toMatchObject(refusal("hostedEndpointId", "unknown_endpoint"));
    const hosted = { fallback: "hosted_provider" as const };
    expect(await problemOf(editPool(hosted, pool.id))).toMatchObject(refusal("hostedEndpointId", "endpoint_needed"));
    expect(await editPool({ ...hosted, hostedEndpointId: shared }, pool.id)).toMatchObject({
      ...hosted,
      hostedEndpointId: shared,
    });
    expect(await problemOf(removeEndpoint(shared))).toMatchObject({ detail: expect.stringContaining("pool policy") });
    const fresh = addPool(api.admin, "fresh", "/data/adapters", hosted as object);
    expect(await problemOf(fresh)).toMatchObject(refusal("fallback", "endpoint_needed"));
    for (const [field, value] of [
      ["saturationWaitMs", 50],
      ["queueMax", -1],
      ["maxInFlight", 0],
    ] as const)
      expect(await problemOf(editPool({ [field]: value }, pool.id))).toMatchObject({ errors: [{ field }] });
  });
});
