import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newId } from "../ids.ts";
import { platformScope, tenantScope } from "../scope.ts";
import { createTestDatabase, type TestDatabase } from "./test-database.ts";

let first: TestDatabase;
let second: TestDatabase;

beforeAll(async () => {
  first = await createTestDatabase();
  second = await createTestDatabase();
});
afterAll(() => Promise.all([first.close(), second.close()]));

const addTenant = (database: TestDatabase, id: string, slug: string) =>
  database.db.write(platformScope, ({ client }) => client.tenant.create({ data: { id, slug, name: slug } }));

describe("createTestDatabase", () => {
  it("keeps the rows of one file away from another", async () => {
    const id = newId("tenant");
    await addTenant(first, id, "only-here");
    const count = (database: TestDatabase) => database.db.read(platformScope, ({ client }) => client.tenant.count());
    expect(await count(first)).toBe(1);
    expect(await count(second)).toBe(0);
  });

  it("has the roles and policies of production: a tenant scope sees its own rows only", async () => {
    const [mine, other] = [newId("tenant"), newId("tenant")];
    await addTenant(second, mine, "mine");
    await addTenant(second, other, "other");
    const seen = await second.db.read(tenantScope(mine), ({ client }) => client.tenant.findMany());
    expect(seen.map(({ id }) => id)).toEqual([mine]);
  });

  it("connects as a login without superuser rights", async () => {
    const client = new pg.Client({ connectionString: first.url });
    await client.connect();
    const { rows } = await client.query("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = session_user");
    await client.end();
    expect(rows).toEqual([{ rolsuper: false, rolbypassrls: false }]);
  });
});
