import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ApiError } from "#lib/api/client.ts";
import { createTestApi, type TestApi } from "#lib/api/testing/test-api.ts";
import { addAdapter, addPool } from "../testing/register.ts";

let api: TestApi;
let poolId: string;
beforeAll(async () => {
  api = await createTestApi();
  poolId = (await addPool(api.admin, "pool", "/data/adapters")).id;
});
afterAll(() => api.close());

const problemOf = async (call: Promise<unknown>) => {
  const error = await call.catch((thrown: unknown) => thrown);
  if (!(error instanceof ApiError)) throw new Error("expected the API to refuse");
  return error.problem;
};
const auditOf = async (objectId: string) => (await api.admin.call("GET /audit", { query: { objectId } })).items;

describe("tenants", () => {
  it("are added, found by name, changed and suspended, each with one audit row", async () => {
    const tenant = await api.admin.call("POST /tenants", { body: { slug: "globex", name: "Globex Corporation" } });
    expect(tenant).toMatchObject({ status: "active", fallback: "base_model", allowBaseModel: false, adapterCount: 0 });
    const { items } = await api.admin.call("GET /tenants", { query: { q: "CORPOR" } });
    expect(items.map(({ id }) => id)).toEqual([tenant.id]);
    const suspended = await api.admin.call("PATCH /tenants/{tenantId}", {
      params: { tenantId: tenant.id },
      body: { status: "suspended", fallback: "reject" },
      generation: 1,
    });
    expect(suspended).toMatchObject({
      status: "suspended",
      fallback: "reject",
      name: "Globex Corporation",
      generation: 2,
    });
    expect((await api.admin.call("GET /tenants", { query: { status: "active", q: "globex" } })).items).toEqual([]);
    expect((await auditOf(tenant.id)).map(({ action }) => action)).toEqual(["tenant.update", "tenant.create"]);
  });

  it("refuse a slug that is taken, naming field and fix", async () => {
    await api.admin.call("POST /tenants", { body: { slug: "initech", name: "Initech" } });
    const problem = await problemOf(api.admin.call("POST /tenants", { body: { slug: "initech", name: "Other" } }));
    expect(problem).toMatchObject({ status: 409, code: "slug_taken", fix: "Choose another slug." });
    expect(problem.errors).toMatchObject([{ field: "slug", code: "slug_taken" }]);
    expect((await api.admin.call("GET /tenants", { query: { q: "initech" } })).items).toHaveLength(1);
  });

  it.each(["Acme", "a", "-acme", "acme-", "ac--me", "a.b", "ä-b", `a${"b".repeat(40)}`])(
    "refuse the slug %s",
    async (slug) => {
      const problem = await problemOf(api.admin.call("POST /tenants", { body: { slug, name: "x" } }));
      expect(problem.status).toBe(422);
      expect(problem.errors.every(({ field }) => field === "slug")).toBe(true);
    },
  );

  it("refuse keys a caller has no business with", async () => {
    for (const extra of [{ id: "ten_x" }, { status: "active" }, { generation: 9 }]) {
      const body = { slug: "mass", name: "Mass", ...extra };
      expect(await problemOf(api.admin.call("POST /tenants", { body }))).toMatchObject({
        status: 422,
        code: "unrecognized_keys",
      });
    }
  });

  it("are not changed by someone who saw an older state", async () => {
    const tenant = await api.admin.call("POST /tenants", { body: { slug: "hooli", name: "Hooli" } });
    const rename = (name: string) =>
      api.admin.call("PATCH /tenants/{tenantId}", { params: { tenantId: tenant.id }, body: { name }, generation: 1 });
    const outcomes = await Promise.allSettled([rename("One"), rename("Two")]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(await problemOf(rename("Three"))).toMatchObject({ status: 412 });
  });

  it("show a customer its own and nobody else's", async () => {
    const [mine, other] = await Promise.all([
      addAdapter(api.admin, "tenant-mine", poolId),
      addAdapter(api.admin, "tenant-other", poolId),
    ]);
    const customer = await api.clientWith(["tenant:read"], mine.tenant.id);
    expect((await customer.call("GET /tenants", {})).items.map(({ id }) => id)).toEqual([mine.tenant.id]);
    expect((await customer.call("GET /adapters", {})).items.map(({ id }) => id)).toEqual([mine.adapter.id]);
    expect((await customer.call("GET /adapters", { query: { tenantId: other.tenant.id } })).items).toEqual([]);
    const foreign = [
      customer.call("GET /tenants/{tenantId}", { params: { tenantId: other.tenant.id } }),
      customer.call("GET /adapters/{adapterId}", { params: { adapterId: other.adapter.id } }),
    ];
    for (const call of foreign) expect(await problemOf(call)).toMatchObject({ status: 404, code: "not_found" });
    const write = customer.call("PATCH /tenants/{tenantId}", {
      params: { tenantId: mine.tenant.id },
      body: { name: "x" },
      generation: 1,
    });
    expect(await problemOf(write)).toMatchObject({ status: 403 });
  });
});

describe("adapters", () => {
  it("start with a route that points nowhere; a tenant's first is its default", async () => {
    const { tenant, adapter } = await addAdapter(api.admin, "umbrella", poolId);
    expect(adapter).toMatchObject({ isDefault: true, versionCount: 0, tenantSlug: "umbrella" });
    expect(adapter.route).toMatchObject({
      liveVersionId: null,
      previousVersionId: null,
      liveSince: null,
      generation: 1,
    });
    const add = (slug: string, isDefault?: boolean) =>
      api.admin.call("POST /tenants/{tenantId}/adapters", {
        params: { tenantId: tenant.id },
        body: { slug, name: slug, poolId, ...(isDefault === undefined ? {} : { isDefault }) },
      });
    expect((await add("second")).isDefault).toBe(false);
    expect((await add("third", true)).isDefault).toBe(true);
    const { items } = await api.admin.call("GET /adapters", { query: { tenantId: tenant.id } });
    expect(items.filter(({ isDefault }) => isDefault).map(({ slug }) => slug)).toEqual(["third"]);
    expect((await api.admin.call("GET /tenants/{tenantId}", { params: { tenantId: tenant.id } })).adapterCount).toBe(3);
  });

  it("keep exactly one default when two first adapters are added at once", async () => {
    const tenant = await api.admin.call("POST /tenants", { body: { slug: "racing", name: "Racing" } });
    await Promise.all(
      ["one", "two", "three"].map((slug) =>
        api.admin.call("POST /tenants/{tenantId}/adapters", {
          params: { tenantId: tenant.id },
          body: { slug, name: slug, poolId },
        }),
      ),
    );
    const { items } = await api.admin.call("GET /adapters", { query: { tenantId: tenant.id } });
    expect(items.filter(({ isDefault }) => isDefault)).toHaveLength(1);
  });

  it("refuse a slug the tenant has, and allow another tenant the same one", async () => {
    const { tenant } = await addAdapter(api.admin, "slugs-a", poolId);
    await addAdapter(api.admin, "slugs-b", poolId);
    const again = api.admin.call("POST /tenants/{tenantId}/adapters", {
      params: { tenantId: tenant.id },
      body: { slug: "support-bot", name: "x", poolId },
    });
    expect(await problemOf(again)).toMatchObject({ status: 409, code: "slug_taken", errors: [{ field: "slug" }] });
  });

  it("refuse a pool and a tenant that are not there", async () => {
    const { tenant } = await addAdapter(api.admin, "nowhere", poolId);
    const add = (tenantId: string, pool: string) =>
      api.admin.call("POST /tenants/{tenantId}/adapters", {
        params: { tenantId },
        body: { slug: "x-y", name: "x", poolId: pool },
      });
    expect(await problemOf(add(tenant.id, "pool_none"))).toMatchObject({
      status: 422,
      errors: [{ field: "poolId", code: "unknown_pool" }],
    });
    expect(await problemOf(add("ten_none", poolId))).toMatchObject({ status: 404 });
  });

  it("come page by page, newest first", async () => {
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await api.admin.call("GET /adapters", { query: { limit: 3, ...(cursor ? { cursor } : {}) } });
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor ?? undefined;
    } while (cursor);
    const all = (await api.admin.call("GET /adapters", { query: { limit: 200 } })).items.map(({ id }) => id);
    expect(seen).toEqual(all);
    expect([...seen].sort().reverse()).toEqual(seen);
  });
});
