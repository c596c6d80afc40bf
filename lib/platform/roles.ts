import pg from "pg";

/** Sees every tenant: console staff, worker, gateway. */
export const PLATFORM_ROLE = "switchyard_platform";
/** Sees one tenant, named by the transaction's `switchyard.tenant_id`. */
export const TENANT_ROLE = "switchyard_tenant";

/** SQLSTATEs of "somebody else created it a moment ago": roles belong to the whole cluster. */
const ALREADY_THERE = new Set(["42710", "23505"]);
const NOT_ALLOWED = "42501";

const sqlState = (error: unknown): string | undefined => (error instanceof pg.DatabaseError ? error.code : undefined);

const roleStatements = (login: string, major: number): string[] =>
  [PLATFORM_ROLE, TENANT_ROLE].flatMap((role) => [
    `CREATE ROLE ${role} NOLOGIN`,
    `GRANT ${role} TO ${pg.escapeIdentifier(login)}${major >= 16 ? " WITH SET TRUE, INHERIT FALSE" : ""}`,
  ]);

/**
 * Makes sure both roles exist and that this login may enter them. Runs outside the migrations, since a role outlives
 * any one database.
 * @throws Error with the SQL to run by hand when this login may not create roles.
 */
export async function ensureRoles(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ login: string; version: string; able: boolean }>(
    `SELECT session_user AS login, current_setting('server_version_num') AS version,
            (SELECT count(*) = 2 FROM pg_roles r WHERE r.rolname IN ('${PLATFORM_ROLE}', '${TENANT_ROLE}')
               AND pg_has_role(session_user, r.oid,
                 CASE WHEN current_setting('server_version_num')::int >= 160000 THEN 'SET' ELSE 'MEMBER' END)) AS able`,
  );
  const row = rows[0];
  if (!row || row.able) return;
  const statements = roleStatements(row.login, Math.floor(Number(row.version) / 10_000));
  for (const statement of statements) {
    try {
      await client.query(statement);
    } catch (error) {
      if (ALREADY_THERE.has(sqlState(error) ?? "")) continue;
      if (sqlState(error) !== NOT_ALLOWED) throw error;
      throw new Error(
        `The database user "${row.login}" may not create roles. Run these lines as an administrator, then start again:\n` +
          statements.map((line) => `  ${line};`).join("\n"),
        { cause: error },
      );
    }
  }
}
