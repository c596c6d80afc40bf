import { randomBytes } from "node:crypto";
import { cp, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inject } from "vitest";
import { type Database, openDatabase } from "../db.ts";
import { silentLog } from "../log.ts";
import { migrate } from "../migrate.ts";
import { projectRoot } from "../project-root.ts";
import { runSql, TEMPLATE_DATABASE, withDatabase } from "./template.ts";

const MIGRATIONS = join(projectRoot(), "prisma", "migrations");

/** A catalog to which only some migrations were applied, for tests of the others. */
export type OlderCatalog = {
  db: Database;
  /** Applies those that are missing. @returns their names */
  update(): Promise<string[]>;
  close(): Promise<void>;
};

/** @param isApplied by a migration's name */
export async function createOlderCatalog(isApplied: (migration: string) => boolean): Promise<OlderCatalog> {
  const adminUrl = inject("postgresUrl");
  const name = `older_${randomBytes(6).toString("hex")}`;
  const folder = await mkdtemp(join(tmpdir(), "switchyard-migrations-"));
  for (const migration of (await readdir(MIGRATIONS)).filter(isApplied))
    await cp(join(MIGRATIONS, migration), join(folder, migration), { recursive: true });
  await runSql(adminUrl, `CREATE DATABASE ${name}`);
  const url = withDatabase(adminUrl, name);
  await migrate(url, folder);
  const db = openDatabase(url, silentLog);
  return {
    db,
    update: () => migrate(url, MIGRATIONS),
    async close() {
      await db.close();
      await TEMPLATE_DATABASE.drop(adminUrl, name);
      await rm(folder, { recursive: true });
    },
  };
}
