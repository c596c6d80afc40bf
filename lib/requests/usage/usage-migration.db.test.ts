import { randomBytes } from "node:crypto";
import { cp, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import * as seed from "#lib/metrics/testing/seed-catalog.ts";
import { type Database, openDatabase } from "#lib/platform/db.ts";
import { silentLog } from "#lib/platform/log.ts";
import { migrate } from "#lib/platform/migrate.ts";
import { makePartitions } from "#lib/platform/partitions.ts";
import { projectRoot } from "#lib/platform/project-root.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { runSql, TEMPLATE_DATABASE, withDatabase } from "#lib/platform/testing/template.ts";
import { PARTITIONED } from "../partitioned.ts";
import { makeUsage } from "../testing/make-usage.ts";
import { recordUsage } from "./record-usage.ts";
import { readUsageSums } from "./usage-sums-store.ts";

const MIGRATIONS = join(projectRoot(), "prisma", "migrations");
const BEFORE = "0004";
const name = `before_pools_${randomBytes(6).toString("hex")}`;
const NOON = new Date("2026-11-24T12:00:00.000Z");
let folder: string;
let url: string;
let db: Database;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "switchyard-migrations-"));
  for (const migration of await readdir(MIGRATIONS))
    if (migration < BEFORE) await cp(join(MIGRATIONS, migration), join(folder, migration), { recursive: true });
  const adminUrl = inject("postgresUrl");
  await TEMPLATE_DATABASE.drop(adminUrl, name);
  await runSql(adminUrl, `CREATE DATABASE ${name}`);
  url = withDatabase(adminUrl, name);
  await migrate(url, folder);
  db = openDatabase(url, silentLog);
});
afterAll(async () => {
  await db.close();
  await TEMPLATE_DATABASE.drop(inject("postgresUrl"), name);
  await rm(folder, { recursive: true });
});

it("sums what an older version recorded: a day and a pool read as their hours and minutes do", async () => {
  const poolId = await seed.seedPool(db);
  const nodeId = await seed.seedNode(db, { poolId, name: "a", baseUrl: "http://a.test", seenAt: NOON });
  const count = { requests: 3, answered: 2, failed: 1, latency: { 70: 1, 71: 1 } };
  const rows = [0, 1, 61, 26 * 60].flatMap((minute) =>
    ["ten_a", "ten_b"].map((tenantId) =>
      makeUsage({ at: new Date(NOON.getTime() + minute * 60_000), tenantId, nodeId, ...count }),
    ),
  );
  // those of another day and of a node in no pool, too
  rows.push(makeUsage({ at: NOON, tenantId: "ten_a", nodeId: "", ...count }));
  await recordUsage(db, rows);
  await db.write(platformScope, async (tx) => {
    const { client } = tx;
    await makePartitions(
      tx,
      [PARTITIONED.usage_5_minutes, PARTITIONED.usage_hour],
      rows.map(({ at }) => at),
    );
    const sum = (from: string, into: string, seconds: number) =>
      client.$executeRawUnsafe(`
      INSERT INTO ${into} SELECT date_bin('${seconds} seconds', "at", 'epoch'::timestamptz), "tenantId", "adapterId", "versionId",
        "nodeId", "kind", "via", sum("requests"), sum("answered"), sum("failed"), 0, 0, 0, 0, 0, 0, 0, 0, '{}', '{}',
        sum_counts("latency"), '{}', '{}', '{}', false, max("lastAt")
      FROM ${from} GROUP BY 1, 2, 3, 4, 5, 6, 7`);
    await sum("usage_minute", "usage_5_minutes", 300);
    await sum("usage_5_minutes", "usage_hour", 3600);
    await client.usagePending.deleteMany();
  });

  expect((await migrate(url, MIGRATIONS)).at(0)?.startsWith(BEFORE)).toBe(true);

  const from = new Date("2026-11-24T00:00:00.000Z");
  const to = new Date("2026-11-26T00:00:00.000Z");
  const requests = (query: Partial<Parameters<typeof readUsageSums>[1]>) =>
    db.read(platformScope, async (tx) => {
      const sums = await readUsageSums(tx, { from, to, stepSeconds: null, by: [], with: ["latency"], ...query });
      return sums.map(({ requests: all }) => all).sort((a, b) => a - b);
    });
  expect(await requests({})).toEqual([27]);
  expect(await requests({ by: ["pool"] })).toEqual([3, 24]);
  expect(await requests({ stepSeconds: 60 })).toEqual([6, 6, 6, 9]);
  expect(await requests({ stepSeconds: 3600 })).toEqual([6, 6, 15]);
  expect(await requests({ stepSeconds: 86_400, by: ["tenant"] })).toEqual([3, 3, 9, 12]);
});
