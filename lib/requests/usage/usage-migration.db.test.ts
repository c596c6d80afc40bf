import { afterAll, beforeAll, expect, it } from "vitest";
import * as seed from "#lib/metrics/testing/seed-catalog.ts";
import { makePartitions } from "#lib/platform/partitions.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { createOlderCatalog, type OlderCatalog } from "#lib/platform/testing/older-catalog.ts";
import { PARTITIONED } from "../partitioned.ts";
import { makeUsage } from "../testing/make-usage.ts";
import { recordUsage } from "./record-usage.ts";
import { readUsageSums } from "./usage-sums-store.ts";

const SUMS = "0004_usage_by_day_and_pool";
const NOON = new Date("2026-11-24T12:00:00.000Z");
let catalog: OlderCatalog;

beforeAll(async () => {
  catalog = await createOlderCatalog((migration) => migration !== SUMS);
});
afterAll(() => catalog.close());

it("sums what an older version recorded: a day and a pool read as their hours and minutes do", async () => {
  const { db } = catalog;
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

  expect(await catalog.update()).toEqual([SUMS]);
  expect(await catalog.update()).toEqual([]);

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
