import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createTestApi, type TestApi } from "#lib/api/testing/test-api.ts";
import { manualClock } from "#lib/platform/clock.ts";
import { createLease } from "#lib/platform/lease.ts";
import { platformScope, tenantScope } from "#lib/platform/scope.ts";
import {
  acted,
  deriveOnce,
  engineCounted,
  forgetNodes,
  record,
  seededNumbers,
  sentTo,
} from "#lib/requests/testing/derived-world.ts";
import { RETENTION_LOOP } from "#lib/retention/loop.ts";
import { sweepTables } from "#lib/retention/sweep.ts";
import * as seed from "../testing/seed-catalog.ts";
import { DERIVED_LOOP, derivedTurn } from "./derived-loop.ts";

const NOON = new Date("2026-11-25T12:00:00.000Z");
const MINUTE = 60_000;
const at = (minutes: number) => new Date(NOON.getTime() + minutes * MINUTE);
const clock = manualClock(NOON);
const signal = new AbortController().signal;
let api: TestApi;
let poolId: string;
let nodeId: string;

/** One slot, two places in host memory, and a node that came to us empty at noon. */
beforeAll(async () => {
  api = await createTestApi({ clock });
  poolId = await seed.seedPool(api.deps.db);
  await inCatalog(({ client }) => client.pool.update({ where: { id: poolId }, data: { maxLoras: 1, maxCpuLoras: 2 } }));
});
afterAll(() => api.close());
beforeEach(async () => {
  await forgetNodes(api.deps.db);
  clock.advance(NOON.getTime() - clock.now().getTime());
  nodeId = await seed.seedNode(api.deps.db, { poolId, name: "n1", baseUrl: "http://n1.test", seenAt: NOON });
  await inCatalog(({ client }) =>
    client.node.update({ where: { id: nodeId }, data: { createdAt: at(-1), beganEmptyAt: NOON } }),
  );
});

const inCatalog = <T>(work: Parameters<typeof api.deps.db.write<T>>[1]) => api.deps.db.write(platformScope, work);
const stored = () =>
  inCatalog(({ client }) =>
    client.residencyInterval.findMany({ orderBy: [{ startedAt: "asc" }, { loraName: "asc" }, { source: "asc" }] }),
  );
/** In whole seconds: a request reaches its engine some ms after it was sent. */
const seconds = (moment: Date | null) =>
  moment === null ? "…" : Math.floor((moment.getTime() - NOON.getTime()) / 1000);
/** "a gpu 63-90 evicted", of adapters that were in a tier. */
const lines = async () =>
  (await stored())
    .filter(({ loraName, tier }) => loraName !== "" && (tier === "gpu" || tier === "cpu"))
    .map(
      ({ loraName, tier, startedAt, endedAt, endReason }) =>
        `${loraName} ${tier} ${seconds(startedAt)}-${seconds(endedAt)}${endReason ? ` ${endReason}` : ""}`,
    );
const asked = (second: number, loraName: string, lasts = 1) =>
  sentTo(nodeId, { loraName, at: new Date(NOON.getTime() + second * 1000), seconds: lasts });
const turnAt = (minutes: number) => {
  clock.advance(at(minutes).getTime() - clock.now().getTime());
  return deriveOnce(api.deps);
};

describe("intervals of the cache follower", () => {
  it("say who was where, from when to when and why it ended; a turn that is repeated changes nothing", async () => {
    await record(api.deps, [asked(10, "a"), asked(20, "b"), asked(30, "c"), asked(40, "b")]);
    await turnAt(1);
    const first = await stored();
    expect(await lines()).toEqual([
      "a gpu 10-20 evicted",
      "a cpu 20-30 evicted",
      "b gpu 20-30 evicted",
      "b cpu 30-40 promoted",
      "c gpu 30-40 evicted",
      "b gpu 40-…",
      "c cpu 40-…",
    ]);
    expect(first.every(({ source }) => source === "derived")).toBe(true);
    await deriveOnce(api.deps);
    expect(await stored()).toEqual(first);
    await turnAt(30); // by now they are settled
    expect(await stored()).toEqual(first);
  });

  it("are the same when workers die between turns, when one writes too late, and in one turn", async () => {
    const next = seededNumbers(7);
    const sent = Array.from({ length: 120 }, (_, index) => asked(index * 5, `adapter-${next(4)}`, 1 + next(8)));
    for (let minute = 0.5; minute <= 12; minute += 0.5) {
      const isNew = (ended: Date) => ended > at(minute - 0.5) && ended <= at(minute);
      await record(
        api.deps,
        sent.filter(({ endedAt }) => isNew(endedAt)),
      );
      await turnAt(minute);
      const lease = createLease(api.deps.db, { name: DERIVED_LOOP, holder: `w${minute}`, ttlMs: 60_000 });
      const term = (await lease.acquire()) ?? 0n;
      await expect(derivedTurn(api.deps, { term: term - 1n, signal })).rejects.toThrow(/took over/);
      await lease.release(term);
    }
    const inTurns = await stored();
    expect(inTurns.length).toBeGreaterThan(100);
    await inCatalog(async ({ client }) => {
      await client.residencyInterval.deleteMany();
      await client.derivedCheckpoint.deleteMany();
    });
    for (let turn = 0; turn < 2; turn += 1) await deriveOnce(api.deps);
    expect(await stored()).toEqual(inTurns);
  });

  it("are rewritten by a request that is told late, as long as they are not settled", async () => {
    await record(api.deps, [asked(10, "a"), asked(50, "c")]);
    await turnAt(2);
    expect(await lines()).toContain("a cpu 50-…");
    await record(api.deps, [asked(30, "b")]);
    await turnAt(2.5);
    expect(await lines()).toEqual([
      "a gpu 10-30 evicted",
      "a cpu 30-50 evicted",
      "b gpu 30-50 evicted",
      "b cpu 50-…",
      "c gpu 50-…",
    ]);
  });

  it("end with the process, whose successor has the next epoch", async () => {
    await record(api.deps, [asked(10, "a")]);
    await turnAt(1);
    await acted(api.deps, nodeId, "restart", at(1.5));
    await seed.setEpoch(api.deps.db, nodeId, 2);
    await record(api.deps, [asked(100, "a")]);
    await turnAt(3);
    expect(await lines()).toEqual(["a gpu 10-90 restart", "a gpu 100-…"]);
    const open = (await stored()).filter(({ endedAt }) => endedAt === null);
    expect(open.map(({ loraName, epoch }) => [loraName, epoch])).toEqual([
      ["", 2],
      ["a", 2],
    ]);
  });

  it("end where a node was followed last when no worker ran for days, and the map knows nothing of those", async () => {
    await acted(api.deps, nodeId, "load", at(0.1), "a");
    await turnAt(1);
    clock.advance(3 * 86_400_000);
    const map = (query: object) => api.admin.call("GET /nodes/{nodeId}/residency-map", { params: { nodeId }, query });
    const range = { from: at(0).toISOString(), to: at(10).toISOString() };
    // while nobody follows it
    expect((await map(range)).rows[0]?.runs.at(-1)?.tier).toBe("unknown");
    expect((await map(range)).note).toContain("Unknown since 2026-11-25 12:00:55 UTC");
    for (let turn = 0; turn < 3; turn += 1) await deriveOnce(api.deps);
    expect(await lines()).toEqual(["a gpu 6-55 unknown"]);
    expect((await map(range)).rows[0]?.runs.at(-1)?.tier).toBe("unknown");
    const now = await map({});
    expect(now.rows.map(({ loraName, runs }) => [loraName, runs])).toEqual([
      ["a", [{ tier: "unknown", columns: 120 }]],
    ]);
    expect(now.sources).toEqual([{ source: "inferred", columns: 120 }]);
    expect(now.note).toContain("Not yet exact");
  });

  it("are only inferred since others use the node", async () => {
    await record(
      api.deps,
      Array.from({ length: 12 }, (_, minute) => asked(minute * 60 + 6, minute < 3 ? "a" : "b")),
    );
    for (let minute = 0; minute < 12; minute += 1)
      await engineCounted(api.deps, nodeId, at(minute), { requests: minute < 5 ? 1 : 40 });
    for (const minutes of [4, 8, 12, 13.2]) await turnAt(minutes);
    const told = (await stored()).filter(({ tier }) => tier === "gpu");
    expect(told.map(({ loraName, source }) => [loraName, source])).toEqual([
      ["a", "derived"],
      ["b", "inferred"],
    ]);
  });
});

it("go 31 days after they ended, and with their node", async () => {
  await record(api.deps, [asked(10, "a"), asked(20, "b")]);
  await turnAt(1);
  const sweepAt = async (minutes: number) => {
    clock.advance(at(minutes).getTime() - clock.now().getTime());
    const lease = createLease(api.deps.db, { name: RETENTION_LOOP, holder: "test", ttlMs: 60_000 });
    const term = (await lease.acquire()) ?? 0n;
    const deleted = await sweepTables({ deps: api.deps, fence: { name: RETENTION_LOOP, term }, signal });
    await lease.release(term);
    return deleted.residency_interval ?? 0;
  };
  expect(await sweepAt(31 * 1440)).toBe(0);
  expect(await sweepAt(31 * 1440 + 1)).toBe(1);
  expect(await lines()).toEqual(["a cpu 20-…", "b gpu 20-…"]);
  await inCatalog(({ client }) => client.node.delete({ where: { id: nodeId } }));
  expect(await stored()).toEqual([]);
});

it("are no customer's to read, and no customer's to write", async () => {
  const tenantId = await seed.seedTenant(api.deps.db, { slug: "acme" });
  await record(api.deps, [asked(10, "a")]);
  await turnAt(1);
  const asCustomer = <T>(work: Parameters<typeof api.deps.db.write<T>>[1]) =>
    api.deps.db.write(tenantScope(tenantId), work);
  await expect(asCustomer(({ client }) => client.residencyInterval.findMany())).rejects.toThrow();
  await expect(asCustomer(({ client }) => client.residencyInterval.deleteMany())).rejects.toThrow();
  expect(await lines()).toEqual(["a gpu 10-…"]);
});

it("answer in SQL how long each version keeps its GPU slot", async () => {
  const { db, ...deps } = api.deps;
  const tenantId = await seed.seedTenant(db, { slug: "globex" });
  const adapterId = await seed.seedAdapter(db, { tenantId, poolId, slug: "bot" });
  await seed.seedVersion(db, { tenantId, adapterId, number: 3, loraName: "globex--bot--v3" });
  await record({ db, ...deps }, [asked(10, "globex--bot--v3"), asked(20, "b"), asked(30, "globex--bot--v3")]);
  await turnAt(1);
  const reader = new pg.Client({ connectionString: api.databaseUrl });
  await reader.connect();
  const { rows } = await reader.query(
    `SELECT node, tenant, version, count(*)::int AS times, count(*) FILTER (WHERE end_reason = 'evicted')::int AS evicted,
       sum(extract(epoch FROM known_until - started_at))::int AS seconds
     FROM reporting.residency_interval WHERE tier = 'gpu' AND source <> 'measured' AND tenant IS NOT NULL GROUP BY 1, 2, 3`,
  );
  await reader.end();
  expect(rows).toEqual([{ node: "n1", tenant: "globex", version: 3, times: 2, evicted: 1, seconds: 35 }]);
});
