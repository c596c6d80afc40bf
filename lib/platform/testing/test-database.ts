import { randomBytes } from "node:crypto";
import { inject } from "vitest";
import { type Database, openDatabase } from "../db.ts";
import { silentLog } from "../log.ts";
import { TEMPLATE_DATABASE, withDatabase } from "./template.ts";

/** A migrated, empty catalog of its own for one test file. */
export type TestDatabase = { db: Database; url: string; close(): Promise<void> };

/**
 * Clones the migrated template; call it in `beforeAll` of a `*.db.test.ts` and `close` in `afterAll`.
 * @param poolSize connections the returned `db` may hold
 */
export async function createTestDatabase(poolSize = 5): Promise<TestDatabase> {
  const adminUrl = inject("postgresUrl");
  const name = `test_${randomBytes(6).toString("hex")}`;
  await TEMPLATE_DATABASE.clone(adminUrl, name);
  const url = withDatabase(adminUrl, name);
  const db = openDatabase(url, silentLog, poolSize);
  return {
    db,
    url,
    close: async () => {
      await db.close();
      await TEMPLATE_DATABASE.drop(adminUrl, name);
    },
  };
}
