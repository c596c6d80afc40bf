import { randomBytes } from "node:crypto";
import pg from "pg";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { readSchema, schemaDiff } from "#prisma/schema-diff.mjs";
import { runSql, withDatabase } from "./testing/template.ts";
import { createTestDatabase, type TestDatabase } from "./testing/test-database.ts";

/** Everything of a database's shape that the schema file states; the order of columns is none of it. */
const SHAPE = `
  SELECT format('%s.%s %s %s %s', table_name, column_name, udt_name, is_nullable, column_default) AS line
  FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> '_prisma_migrations'
  UNION ALL SELECT replace(indexdef, ' ON ONLY ', ' ON ') FROM pg_indexes -- as that of a partitioned table reads
  WHERE schemaname = 'public' AND tablename <> '_prisma_migrations'
  UNION ALL SELECT format('%s %s', conrelid::regclass, pg_get_constraintdef(oid)) FROM pg_constraint
  WHERE connamespace = 'public'::regnamespace AND contype <> 'n' AND conrelid::regclass::text <> '_prisma_migrations'
  UNION ALL SELECT format('%s: %s', typname, enumlabel) FROM pg_enum JOIN pg_type ON pg_type.oid = enumtypid
  ORDER BY 1`;

let migrated: TestDatabase;
const fresh = { name: `schema_${randomBytes(6).toString("hex")}`, url: "" };
beforeAll(async () => {
  migrated = await createTestDatabase();
  const adminUrl = inject("postgresUrl");
  await runSql(adminUrl, `CREATE DATABASE ${fresh.name}`);
  fresh.url = withDatabase(adminUrl, fresh.name);
});
afterAll(async () => {
  await runSql(inject("postgresUrl"), `DROP DATABASE ${fresh.name} WITH (FORCE)`);
  await migrated.close();
});

async function shapeOf(url: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ line: string }>(SHAPE);
  await client.end();
  return rows.map(({ line }) => line);
}

it("the migrations together make what the schema files say", async () => {
  await runSql(fresh.url, await schemaDiff(null, readSchema()));
  const expected = await shapeOf(fresh.url);
  expect(expected.length).toBeGreaterThan(300);
  expect(await shapeOf(migrated.url)).toEqual(expected);
});
