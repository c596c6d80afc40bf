import { createHash, randomUUID } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { conflict, errorText } from "./errors.ts";
import { ensureRoles } from "./roles.ts";

/** Prisma's own advisory lock key for migrations, so that its CLI and this runner exclude each other. */
const MIGRATION_LOCK = 72_707_369;

const CREATE_TABLE = `
CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
  id VARCHAR(36) PRIMARY KEY NOT NULL,
  checksum VARCHAR(64) NOT NULL,
  finished_at TIMESTAMPTZ,
  migration_name VARCHAR(255) NOT NULL,
  logs TEXT,
  rolled_back_at TIMESTAMPTZ,
  started_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  applied_steps_count INTEGER NOT NULL DEFAULT 0
)`;

type Applied = { migration_name: string; checksum: string; finished_at: Date | null };
type Migration = { name: string; sql: string; checksum: string };

/** The first migration of the versions before 0.2.0, none of which was released. */
const BEFORE_BASELINE = "0001_catalog";

/** Every folder below `folder` that holds a `migration.sql`, oldest name first, with the checksum Prisma would store. */
export async function readMigrations(folder: string): Promise<Migration[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(
    names.sort().map(async (name) => {
      const sql = await readFile(join(folder, name, "migration.sql"), "utf8");
      return { name, sql, checksum: createHash("sha256").update(sql).digest("hex") };
    }),
  );
}

/**
 * Which migrations are still to run.
 * @throws AppError `conflict` when an applied file was edited afterwards, when an earlier run broke off half-way, or for a database of a
 * version before 0.2.0
 */
export function planMigrations(files: readonly Migration[], applied: readonly Applied[]): Migration[] {
  const byName = new Map(applied.map((row) => [row.migration_name, row]));
  if (byName.has(BEFORE_BASELINE))
    throw conflict(
      "database_too_old",
      "This database was created by a version before 0.2.0 and cannot be updated.",
      "Stop Switchyard, delete the directory DATA_DIR (./.data by default) and start again. Or point DATABASE_URL to an empty database.",
    );
  return files.filter((file) => {
    const row = byName.get(file.name);
    if (!row) return true;
    if (row.finished_at === null)
      throw conflict(
        "migration_half_done",
        `Migration ${file.name} broke off half-way.`,
        `Repair the database, delete its row in "_prisma_migrations", then start again.`,
      );
    if (row.checksum !== file.checksum)
      throw conflict(
        "migration_edited",
        `Migration ${file.name} was edited after it had been applied.`,
        `Restore the file; add a new migration.`,
      );
    return false;
  });
}

const apply = async (client: pg.Client, migration: Migration): Promise<void> => {
  const id = randomUUID();
  await client.query(`INSERT INTO "_prisma_migrations" (id, checksum, migration_name) VALUES ($1, $2, $3)`, [
    id,
    migration.checksum,
    migration.name,
  ]);
  try {
    await client.query(migration.sql); // several statements in one simple query are one implicit transaction
  } catch (error) {
    await client.query(`UPDATE "_prisma_migrations" SET logs = $2 WHERE id = $1`, [id, errorText(error)]);
    throw new Error(`Migration ${migration.name} failed: ${errorText(error)}`, { cause: error });
  }
  await client.query(`UPDATE "_prisma_migrations" SET finished_at = now(), applied_steps_count = 1 WHERE id = $1`, [
    id,
  ]);
};

/**
 * Creates the roles and applies what is pending, in Prisma's own table format, under Prisma's own lock.
 * @returns the names applied now (empty = up to date)
 */
export async function migrate(url: string, folder: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query("SELECT pg_advisory_lock($1)", [MIGRATION_LOCK]);
    await ensureRoles(client);
    await client.query(CREATE_TABLE);
    const { rows } = await client.query<Applied>(
      `SELECT migration_name, checksum, finished_at FROM "_prisma_migrations" WHERE rolled_back_at IS NULL`,
    );
    const pending = planMigrations(await readMigrations(folder), rows);
    for (const migration of pending) await apply(client, migration);
    return pending.map((migration) => migration.name);
  } finally {
    await client.end(); // also releases the lock
  }
}
