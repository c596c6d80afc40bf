import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";

/** The same server and login, another database. */
export function withDatabase(url: string, database: string): string {
  const parsed = new URL(url);
  parsed.pathname = `/${database}`;
  return parsed.href;
}

/** One statement on a connection of its own. */
export async function runSql(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/** The migrated database that every database test file clones. */
export const TEMPLATE_DATABASE = {
  name: "switchyard_template",
  create: (adminUrl: string) => runSql(adminUrl, "CREATE DATABASE switchyard_template"),
  clone: (adminUrl: string, name: string) =>
    runSql(adminUrl, `CREATE DATABASE ${pg.escapeIdentifier(name)} TEMPLATE switchyard_template STRATEGY FILE_COPY`),
  /** A vacuum of the server's own may be at work in it for a moment, which our login may not end. */
  drop: async (adminUrl: string, name: string) => {
    const statement = `DROP DATABASE IF EXISTS ${pg.escapeIdentifier(name)} WITH (FORCE)`;
    for (let turn = 1; ; turn += 1) {
      try {
        return await runSql(adminUrl, statement);
      } catch (error) {
        if (turn === 20 || !(error instanceof pg.DatabaseError && error.code === "42501")) throw error;
        await sleep(100);
      }
    }
  },
} as const;
