import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { expect, inject, it } from "vitest";
import { migrate, readMigrations } from "./migrate.ts";
import { projectRoot } from "./project-root.ts";
import { runSql, TEMPLATE_DATABASE, withDatabase } from "./testing/template.ts";

const FOLDER = join(projectRoot(), "prisma", "migrations");
const AS_IT_WAS = "0026_recorded_requests_as_it_was";

/** An empty database that an earlier release migrated, and the folder that it had. */
async function withEarlier(
  name: string,
  change: (folder: string) => Promise<void>,
  check: (url: string) => Promise<void>,
): Promise<void> {
  const adminUrl = inject("postgresUrl");
  const folder = await mkdtemp(join(tmpdir(), "switchyard-migrations-"));
  await runSql(adminUrl, `CREATE DATABASE ${pg.escapeIdentifier(name)}`);
  try {
    await cp(FOLDER, folder, { recursive: true });
    await rm(join(folder, AS_IT_WAS), { recursive: true });
    await change(folder);
    const url = withDatabase(adminUrl, name);
    await migrate(url, folder);
    await check(url);
  } finally {
    await TEMPLATE_DATABASE.drop(adminUrl, name);
    await rm(folder, { recursive: true });
  }
}

const rows = async (url: string, statement: string): Promise<Record<string, unknown>[]> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return client.query(statement).then(
    async (result) => {
      await client.end();
      return result.rows;
    },
    async (error) => {
      await client.end();
      throw error;
    },
  );
};
const LAST_COLUMN = `SELECT attname FROM pg_attribute WHERE attrelid = '"Recording"'::regclass AND NOT attisdropped
  ORDER BY attnum DESC LIMIT 1`;

/** 0026 as it stood on 2026-11-26 for some hours, when 0027 was not there. */
async function asItWas(folder: string): Promise<void> {
  const file = join(folder, "0026_recorded_requests", "migration.sql");
  const now = await readFile(file, "utf8");
  const column = `    "endReason" TEXT,\n    "endedByCustomer" BOOLEAN NOT NULL DEFAULT false,\n`;
  const then = now
    .replace(`    "endReason" TEXT,\n`, column)
    .replace(`"endedBy", "endReason", "openFor")`, `"endedBy", "endReason", "endedByCustomer", "openFor")`);
  await writeFile(file, then);
  for (const later of await namesAfter(AS_IT_WAS)) await rm(join(folder, later), { recursive: true });
}

const namesAfter = async (first: string): Promise<string[]> =>
  (await readMigrations(FOLDER)).map(({ name }) => name).filter((name) => name > first);

// one checksum, named in 0026's superseded.txt, is taken on; any other change of an applied file is refused as before
it("a database of the hours in which 0026 stood otherwise comes to the same as any other, once", async () => {
  await withEarlier("migrate_as_it_was", asItWas, async (url) => {
    expect(await rows(url, LAST_COLUMN)).not.toEqual([{ attname: "endedByCustomer" }]);
    expect(await migrate(url, FOLDER)).toEqual([AS_IT_WAS, ...(await namesAfter(AS_IT_WAS))]);
    expect(await rows(url, LAST_COLUMN)).toEqual([{ attname: "endedByCustomer" }]);
    expect(await migrate(url, FOLDER)).toEqual([]);
    const columns = `SELECT attname FROM pg_attribute WHERE attrelid = '"Recording"'::regclass AND attnum > 0
      AND NOT attisdropped ORDER BY attnum`;
    const template = withDatabase(inject("postgresUrl"), TEMPLATE_DATABASE.name);
    expect(await rows(url, columns)).toEqual(await rows(template, columns));
    const checksums = `SELECT migration_name, checksum FROM "_prisma_migrations" ORDER BY 1`;
    expect(await rows(url, checksums)).toEqual(await rows(template, checksums));
  });
});

it("one that had 0027 already keeps what it says", async () => {
  const nothing = async () => {};
  await withEarlier("migrate_with_0027", nothing, async (url) => {
    expect(await migrate(url, FOLDER)).toEqual([AS_IT_WAS]);
    expect(await rows(url, LAST_COLUMN)).toEqual([{ attname: "endedByCustomer" }]);
    expect(await migrate(url, FOLDER)).toEqual([]);
  });
});
