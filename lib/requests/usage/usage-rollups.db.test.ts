import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import * as seed from "#lib/metrics/testing/seed-catalog.ts";
import type { Tx } from "#lib/platform/db.ts";
import { createLease, type Fence } from "#lib/platform/lease.ts";
import { platformScope, type Scope, tenantScope } from "#lib/platform/scope.ts";
import { createTestDatabase, type TestDatabase } from "#lib/platform/testing/test-database.ts";
import { Prisma } from "#prisma/generated/client.ts";
import { makeTrace } from "../testing/make-trace.ts";
import { makeUsage } from "../testing/make-usage.ts";
import { clearRequests, usageOf } from "../testing/record-requests.ts";
import type { RequestTrace } from "../trace/trace.ts";
import { readStored } from "./durations.ts";
import { recordUsage } from "./record-usage.ts";
import { sumUsage } from "./sum-usage.ts";
import { readUsageSums, type UsageSumsQuery } from "./usage-sums-store.ts";
import { ROLLUPS } from "./usage-tables.ts";

const NOON = new Date("2026-11-24T12:00:00.000Z");
const after = (minutes: number) => new Date(NOON.getTime() + minutes * 60_000);
/** When the worker looks: 20 minutes into the fifth hour. */
const NOW = after(4 * 60 + 20.5);
let database: TestDatabase;
let fence: Fence;
let poolId: string;
/** In the pool; another node is in none. */
let nodeId: string;

beforeAll(async () => {
  database = await createTestDatabase();
  const term = (await createLease(database.db, { name: "sums", holder: "test", ttlMs: 600_000 }).acquire()) ?? 0n;
  fence = { name: "sums", term };
  poolId = await seed.seedPool(database.db);
  nodeId = await seed.seedNode(database.db, { poolId, name: "a", baseUrl: "http://a.test", seenAt: NOON });
});
afterAll(() => database.close());
beforeEach(() => database.db.write(platformScope, clearRequests));

const sum = (now = NOW) => sumUsage(database, fence, now);
const tables = () =>
  database.db.read(platformScope, async ({ client }) => ({
    fives: await client.usageFiveMinutes.count(),
    hours: await client.usageHour.count(),
    pending: await client.usagePending.findMany({ orderBy: [{ stepSeconds: "asc" }, { at: "asc" }] }),
  }));

/** Requests of all kinds that ended in four hours and a bit from noon on. */
const requests = (size: number): RequestTrace[] =>
  fc.sample(
    fc
      .record({
        id: fc.uuid(),
        second: fc.nat(4 * 3600 + 20 * 60 - 1),
        tenantId: fc.constantFrom("ten_a", "ten_b"),
        adapterId: fc.constantFrom("adp_a", null),
        versionId: fc.constantFrom("ver_a", "ver_b", null),
        nodeId: fc.constantFrom(nodeId, "node_b", null),
        kind: fc.constantFrom("user" as const, "user" as const, "eval" as const),
        status: fc.constantFrom(200, 200, 404, 429, 503),
        reason: fc.constantFrom(null, "queue_full", "upstream"),
        fallbackReason: fc.constantFrom(null, null, "no_node", "saturated"),
        ms: fc.nat(50_000),
        promptTokens: fc.option(fc.nat(3_000)),
        queuedMs: fc.option(fc.nat(900)),
      })
      .map(({ second, ms, ...about }) => {
        const endedAt = new Date(NOON.getTime() + second * 1000);
        const arrivedAt = new Date(endedAt.getTime() - ms);
        const firstByteAt = new Date(arrivedAt.getTime() + ms / 2);
        return makeTrace({ ...about, stream: true, completionTokens: 9, arrivedAt, firstByteAt, endedAt });
      }),
    { numRuns: size, seed: 5 },
  );

/** In an order of its own, with histograms as what they are. */
async function readAll(query: Partial<UsageSumsQuery>, scope: Scope = platformScope) {
  const sums = await database.db.read(scope, (tx) =>
    readUsageSums(tx, {
      ...{ from: NOON, to: after(300), stepSeconds: null, by: [], with: ["latency", "ttft", "interToken", "queued"] },
      ...query,
    }),
  );
  return sums
    .map(({ stored, ...sum }) => ({
      ...sum,
      histograms: Object.entries(stored).map(([name, json]) => [name, readStored(json)]),
    }))
    .sort((a, b) => a.at.getTime() - b.at.getTime() || (a.keys.join() < b.keys.join() ? -1 : 1));
}

const queries = (): readonly Partial<UsageSumsQuery>[] => [
  { by: ["tenant", "adapter", "version", "node", "kind", "via"], kinds: ["user", "eval"] },
  { by: ["tenant"], from: after(7), to: after(187) },
  { stepSeconds: 3600, by: ["node"] },
  { stepSeconds: 300, tenantIds: ["ten_a"], nodeIds: [nodeId] },
  { stepSeconds: 60, by: ["version"], from: after(50), to: after(70) },
  { stepSeconds: 86_400, by: ["tenant"], from: after(-12 * 60), to: after(12 * 60) },
  // over all tenants
  { by: ["pool", "kind", "via"], kinds: ["user", "eval"] },
  { stepSeconds: 300, from: after(3) },
  { stepSeconds: 60, poolIds: [poolId], by: ["pool"], with: ["latency", "fallbackReasons"] },
  { stepSeconds: 3600, poolIds: [poolId], by: ["tenant"] },
];

it("say what the minutes say, in every split and range, and are made once", async () => {
  const rows = usageOf(requests(800));
  const minutes = new Set(rows.map(({ at }) => at.getTime())).size;
  await recordUsage(database.db, rows);
  const before = await Promise.all(queries().map((query) => readAll(query)));
  expect(before.every((sums) => sums.length > 0)).toBe(true);
  expect(await sum()).toBe(minutes + 52 + 4); // by the minute, by 5 minutes and by the hour; the day has not ended
  expect(await Promise.all(queries().map((query) => readAll(query)))).toEqual(before);
  expect((await tables()).pending).toEqual([
    { stepSeconds: 3600, at: after(240) },
    { stepSeconds: 86_400, at: after(-12 * 60) },
  ]);
  expect(await sum()).toBe(0);
  // they are what is read: without the minutes, only those that are not summed are missing
  await database.db.write(platformScope, ({ client }) => client.usageMinute.deleteMany());
  const requestsOf = (sums: { requests: number }[]) => sums.reduce((all, { requests: each }) => all + each, 0);
  const [whole] = await readAll({ to: after(260) });
  const [ofTenants] = await readAll({ to: after(260), tenantIds: ["ten_a", "ten_b"] });
  expect(whole).toEqual(ofTenants);
  expect(whole?.requests).toBe(requestsOf(before[0]?.filter(({ keys }) => keys[4] === "user") ?? []));
});

it("take in rows that come late, once, whatever was summed before", async () => {
  const row = makeUsage({ at: after(61), tenantId: "ten_a", requests: 5, answered: 5, latency: { 70: 5 } });
  await recordUsage(database.db, [row]);
  await sum();
  const hours = async () => (await readAll({ stepSeconds: 3600 })).map(({ at, requests }) => [at, requests]);
  expect(await hours()).toEqual([[after(60), 5]]);
  const late = { ...row, instanceId: "gwy_b", requests: 2, answered: 2, latency: { 71: 2 } };
  await recordUsage(database.db, [late]);
  expect(await hours()).toEqual([[after(60), 7]]); // read by the minute until it is summed again
  await recordUsage(database.db, [late]);
  await sum();
  expect(await hours()).toEqual([[after(60), 7]]);
  const { fives, hours: summed, pending } = await tables();
  expect([fives, summed, pending]).toEqual([1, 1, [{ stepSeconds: 86_400, at: after(-12 * 60) }]]);
  await sum(after(13 * 60)); // the day has ended
  expect((await tables()).pending).toEqual([]);
  expect((await readAll({ stepSeconds: 86_400 })).map(({ requests }) => requests)).toEqual([7]);
});

const someoneWaits = async (client: Tx["client"]): Promise<boolean> => {
  const rows = await client.$queryRaw<{ waiting: bigint }[]>`
    SELECT count(*) AS waiting FROM pg_locks WHERE NOT granted AND pid <> pg_backend_pid()`;
  return (rows[0]?.waiting ?? 0n) > 0n;
};

it("are summed again when a row was being written meanwhile", async () => {
  const row = makeUsage({ at: after(61), tenantId: "ten_a" });
  await recordUsage(database.db, [row]);
  let late = Promise.resolve();
  // the mark is struck off first, so a row that comes now waits, and leaves a mark of its own
  await database.db.write(platformScope, async ({ client }) => {
    await client.usagePending.deleteMany();
    late = recordUsage(database.db, [{ ...row, instanceId: "gwy_b" }]);
    while (!(await someoneWaits(client))) {} // the row is now held back by our transaction, not merely late
  });
  await late;
  expect((await tables()).pending).toHaveLength(4);
});

it("are a customer's only where they are their own", async () => {
  await recordUsage(database.db, usageOf(requests(200)));
  await sum();
  const own = await readAll({ by: ["tenant"] }, tenantScope("ten_a"));
  expect(own).toEqual(await readAll({ by: ["tenant"], tenantIds: ["ten_a"] }));
  expect(await readAll({ by: ["tenant"], tenantIds: ["ten_b"] }, tenantScope("ten_a"))).toEqual(own);
  const rows = await database.db.read(tenantScope("ten_a"), async ({ client }) => [
    ...(await client.usageMinute.findMany({ select: { tenantId: true } })),
    ...(await client.usageFiveMinutes.findMany({ select: { tenantId: true } })),
    ...(await client.usageHour.findMany({ select: { tenantId: true } })),
  ]);
  expect(new Set(rows.map(({ tenantId }) => tenantId))).toEqual(new Set(["ten_a"]));
  for (const { sums } of ROLLUPS)
    for (const { into } of sums) {
      const read = database.db.read(
        tenantScope("ten_a"),
        ({ client }) => client.$queryRaw<object[]>`SELECT * FROM ${Prisma.raw(into)}`,
      );
      // sums over tenants are not for customers at all
      if (into.startsWith("usage_pool_")) await expect(read).rejects.toThrow(/permission denied/);
      else expect((await read).every((row) => "tenantId" in row && row.tenantId === "ten_a")).toBe(true);
    }
});
