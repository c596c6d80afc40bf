import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { migrate } from "./migrate.ts";
import { projectRoot } from "./project-root.ts";
import { runSql, TEMPLATE_DATABASE, withDatabase } from "./testing/template.ts";

const FOLDER = join(projectRoot(), "prisma", "migrations");
const NAME = "migrate_twice";
const WITHOUT_ROLES = "may_not_create_roles";
let url: string;
let later: string;

beforeAll(async () => {
  const adminUrl = inject("postgresUrl");
  await runSql(adminUrl, `CREATE DATABASE ${pg.escapeIdentifier(NAME)}`);
  url = withDatabase(adminUrl, NAME);
  later = await mkdtemp(join(tmpdir(), "switchyard-migrations-"));
  await cp(FOLDER, later, { recursive: true });
  await mkdir(join(later, "9999_later"));
  await writeFile(join(later, "9999_later", "migration.sql"), `CREATE TABLE "Later" ("id" TEXT PRIMARY KEY);`);
});
afterAll(async () => {
  await TEMPLATE_DATABASE.drop(inject("postgresUrl"), NAME);
  await runSql(inject("postgresUrl"), `DROP ROLE IF EXISTS ${WITHOUT_ROLES}`);
  await rm(later, { recursive: true });
});

it("applies the baseline to an empty database, then only what a later version adds, each once", async () => {
  expect(await migrate(url, FOLDER)).toContain("0001_baseline");
  expect(await migrate(url, FOLDER)).toEqual([]);
  expect(await migrate(url, later)).toEqual(["9999_later"]);
  expect(await migrate(url, later)).toEqual([]);
  await runSql(url, `INSERT INTO "Later" VALUES ('a')`);
});

it("refuses a database of a version before 0.2.0 and changes nothing in it", async () => {
  await runSql(
    url,
    `INSERT INTO "_prisma_migrations" (id, checksum, migration_name, finished_at) VALUES ('x', 'x', '0001_catalog', now())`,
  );
  await expect(migrate(url, later)).rejects.toMatchObject({ reason: "database_too_old" });
});

it("prints the SQL of docs/running-for-real.md to a login that may not create roles", async () => {
  await runSql(url, `CREATE ROLE ${WITHOUT_ROLES} LOGIN PASSWORD 'secret'`);
  const other = new URL(url);
  other.username = WITHOUT_ROLES;
  other.password = "secret";
  const refusal = await migrate(other.href, FOLDER).catch((error: unknown) => error);
  const [first, ...printed] = String(refusal).split("\n");
  expect(first).toContain(`The database user "${WITHOUT_ROLES}" may not create roles.`);
  const page = await readFile(join(projectRoot(), "docs", "running-for-real.md"), "utf8");
  const [login, database, ...documented] = (/```sql\n(CREATE ROLE [^`]*)\n```/.exec(page)?.[1] ?? "").split("\n");
  expect([login, database]).toEqual([expect.stringMatching(/ LOGIN /), expect.stringMatching(/^CREATE DATABASE /)]);
  expect(documented).toHaveLength(4);
  expect(printed.map((line) => line.trim().replace(`"${WITHOUT_ROLES}"`, "switchyard"))).toEqual(documented);
});
