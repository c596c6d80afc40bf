import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { type Database, openDatabase } from "#lib/platform/db.ts";
import { createLog, silentLog } from "#lib/platform/log.ts";
import { migrate } from "#lib/platform/migrate.ts";
import { startPostgres } from "#lib/platform/postgres/start-postgres.ts";
import { cpuSecondsOf } from "./cpu-time.ts";

const MIGRATIONS = fileURLToPath(new URL("../../prisma/migrations", import.meta.url));
const CONNECTIONS = 10;

/** A Postgres of its own with the product's settings for durability, and an empty catalog for each run. */
export type BenchPostgres = {
  /** @returns where a fresh catalog is */
  freshUrl(): Promise<string>;
  open(url: string): Database;
  /** @returns what opens connections to a fresh catalog */
  freshCatalog(): Promise<() => Database>;
  /** Of all its processes that run now. */
  cpuSeconds(): number;
  /** The server ends; its catalogs stay. */
  goAway(): Promise<void>;
  /** It is back, where it was. */
  comeBack(): Promise<void>;
  stop(): Promise<void>;
};

export async function startBenchPostgres(): Promise<BenchPostgres> {
  const dataDir = await mkdtemp(join(tmpdir(), "switchyard-bench-"));
  const start = () => startPostgres({ dataDir, log: createLog("bench-postgres", "error") });
  let postgres = await start();
  const freshUrl = async () => {
    const url = new URL(postgres.url);
    const name = `bench_${randomBytes(6).toString("hex")}`;
    const client = new pg.Client({ connectionString: url.href });
    await client.connect();
    await client.query(`CREATE DATABASE ${pg.escapeIdentifier(name)}`);
    await client.end();
    url.pathname = `/${name}`;
    await migrate(url.href, MIGRATIONS);
    return url.href;
  };
  const open = (url: string) => openDatabase(url, silentLog, CONNECTIONS);
  return {
    freshUrl,
    open,
    async freshCatalog() {
      const url = await freshUrl();
      return () => open(url);
    },
    cpuSeconds() {
      const pid = postgres.pid();
      return pid === null ? Number.NaN : cpuSecondsOf(pid);
    },
    goAway: () => postgres.stop(),
    async comeBack() {
      postgres = await start();
    },
    async stop() {
      await postgres.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
