import { readFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { createLog } from "../log.ts";
import { startPostgres } from "../postgres/start-postgres.ts";

/**
 * Started by a test, perhaps as another user: one start, one table, one stop, and a line of JSON about it. With `stay`
 * it stops only when told to.
 */
const [, , dataDir = "", mode] = process.argv;
const postgres = await startPostgres({ dataDir, log: createLog("child", "error") });
const client = new pg.Client({ connectionString: postgres.url });
await client.connect();
await client.query("CREATE TABLE stayed (n int); INSERT INTO stayed VALUES (1)");
const { rows } = await client.query("SELECT sum(n)::int + 2 AS sum FROM stayed");
await client.end();
const stop = async () => {
  await postgres.stop();
  process.exit(0);
};
process.once("SIGTERM", stop);
const record = JSON.parse(readFileSync(join(dataDir, "postgres", "launcher.json"), "utf8"));
process.stdout.write(JSON.stringify({ uid: process.getuid?.(), runAs: record.runAs.kind, sum: rows[0]?.sum }));
if (mode !== "stay") await stop();
