import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemWrite } from "#lib/identity/ctx.ts";
import { newId } from "#lib/platform/ids.ts";
import { platformScope, tenantScope } from "#lib/platform/scope.ts";
import { createTestApi, type TestApi } from "./testing/test-api.ts";

/**
 * What holds when the application forgets its scope: the queries below carry no `where` at all.
 */
let api: TestApi;
const tenants = [newId("tenant"), newId("tenant")];

beforeAll(async () => {
  api = await createTestApi();
  await systemWrite(api.deps, "test", async ({ tx }) => {
    for (const [index, id] of tenants.entries()) {
      await tx.client.tenant.create({ data: { id, slug: `tenant-${index}`, name: `Tenant ${index}` } });
      await tx.client.apiKey.create({
        data: {
          id: newId("apiKey"),
          tenantId: id,
          name: "k",
          prefix: `prefix${index}`,
          hash: "h",
          scopes: ["inference"],
        },
      });
    }
  });
});
afterAll(() => api.close());

describe("a tenant's transaction", () => {
  it("sees its own rows and no foreign one, without any filter in the query", async () => {
    const [mine = ""] = tenants;
    const seen = await api.deps.db.read(tenantScope(mine), async ({ client }) => ({
      tenants: await client.tenant.findMany({ select: { id: true } }),
      keys: await client.apiKey.findMany({ select: { tenantId: true } }),
      raw: await client.$queryRawUnsafe<{ id: string }[]>('SELECT id FROM "Tenant"'),
    }));
    expect(seen).toEqual({ tenants: [{ id: mine }], keys: [{ tenantId: mine }], raw: [{ id: mine }] });
    const all = await api.deps.db.read(platformScope, ({ client }) => client.tenant.count());
    expect(all).toBe(2);
  });

  it("leaves nothing of itself on a pooled connection", async () => {
    await Promise.all(
      Array.from({ length: 40 }, async (_, index) => {
        const id = tenants[index % 2] ?? "";
        const rows = await api.deps.db.read(tenantScope(id), ({ client }) =>
          client.tenant.findMany({ select: { id: true } }),
        );
        expect(rows).toEqual([{ id }]);
        expect(await api.deps.db.read(platformScope, ({ client }) => client.tenant.count())).toBe(2);
      }),
    );
  });

  it("cannot write a foreign row, nor read what is not granted at all", async () => {
    const [mine = "", other = ""] = tenants;
    const within = <T>(work: Parameters<typeof api.deps.db.write<T>>[1]) => api.deps.db.write(tenantScope(mine), work);
    await expect(
      within(({ client }) =>
        client.apiKey.create({
          data: { id: newId("apiKey"), tenantId: other, name: "x", prefix: "x", hash: "h", scopes: [] },
        }),
      ),
    ).rejects.toThrow();
    expect(await within(({ client }) => client.apiKey.updateMany({ data: { name: "taken" } }))).toEqual({ count: 1 });
    await expect(within(({ client }) => client.node.findMany())).rejects.toThrow();
    await expect(within(({ client }) => client.user.findMany())).rejects.toThrow();
    await expect(within(({ client }) => client.tenant.updateMany({ data: { name: "x" } }))).rejects.toThrow();
  });

  it("sees nothing without a tenant", async () => {
    expect(await api.deps.db.read(tenantScope(""), ({ client }) => client.tenant.count())).toBe(0);
  });
});

describe("the audit trail", () => {
  it("cannot be changed or deleted, even by the platform", async () => {
    const touch = (sql: string) => api.deps.db.write(platformScope, ({ client }) => client.$executeRawUnsafe(sql));
    await expect(touch('UPDATE "AuditEntry" SET "action" = \'x\'')).rejects.toThrow();
    await expect(touch('DELETE FROM "AuditEntry"')).rejects.toThrow();
  });
});

describe("another tenant's id", () => {
  it("answers 404 with the body of an absent one", async () => {
    const [mine = "", other = ""] = tenants;
    const key = await api.keyWith(["tenant:read"], mine);
    const get = async (id: string) => {
      const response = await api.fetch(`/api/v1/tenants/${id}/keys`, { headers: { authorization: `Bearer ${key}` } });
      const { requestId: _requestId, ...body } = await response.json();
      return { status: response.status, body };
    };
    const foreign = await get(other);
    expect(foreign.status).toBe(404);
    expect(foreign).toEqual(await get(newId("tenant")));
  });
});
