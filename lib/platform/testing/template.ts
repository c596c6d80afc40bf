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
    runSql(adminUrl, `CREATE DATABASE ${pg.escapeIdentifier(name)} TEMPLATE switchyard_template`),
  drop: (adminUrl: string, name: string) =>
    runSql(adminUrl, `DROP DATABASE IF EXISTS ${pg.escapeIdentifier(name)} WITH (FORCE)`),
} as const;
