import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Blind, FINDING_LOOP, recordFindings } from "#lib/alerting/findings/record-finding.ts";
import { createTestApi, type TestApi } from "#lib/api/testing/test-api.ts";
import { problemOf } from "#lib/evals/testing/eval-world.ts";
import { settledUntil } from "#lib/metrics/counted-window.ts";
import { DERIVED_LOOP, derivedTurn } from "#lib/metrics/derived/derived-loop.ts";
import * as seed from "#lib/metrics/testing/seed-catalog.ts";
import { forgetCounted, storeRollups } from "#lib/metrics/testing/store-rollups.ts";
import { manualClock } from "#lib/platform/clock.ts";
import type { Tx } from "#lib/platform/db.ts";
import { createLease } from "#lib/platform/lease.ts";
import type { Turn } from "#lib/platform/loop.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { makeTrace } from "#lib/requests/testing/make-trace.ts";
import { recordRequests } from "#lib/requests/testing/record-requests.ts";
import { pitfallTurn } from "./loop.ts";

const MINUTE = 60_000;
const TENANTS = 14;
const clock = manualClock(new Date("2026-11-25T12:00:00.000Z"));
let api: TestApi;
let poolId: string;
let nodeId: string;
let otherPoolId: string;
let tenantId: string;
const loraNames: string[] = [];

beforeAll(async () => {
  api = await createTestApi({ clock });
  const { db } = api.deps;
  poolId = await seed.seedPool(db);
  otherPoolId = await seed.seedPool(db);
  const at = clock.now();
  nodeId = await seed.seedNode(db, { poolId, name: "a100-1", baseUrl: "http://127.0.0.1:9", seenAt: at });
  await seed.seedNode(db, { poolId, name: "a100-2", baseUrl: "http://127.0.0.1:8", seenAt: at });
  // the clock of this test is not the database's
  await db.write(platformScope, ({ client }) =>
    client.node.updateMany({ data: { createdAt: new Date(at.getTime() - 60 * MINUTE) } }),
  );
  for (let index = 0; index < TENANTS; index += 1) {
    tenantId = await seed.seedTenant(db, { slug: `tenant-${index}` });
    const adapterId = await seed.seedAdapter(db, { tenantId, poolId, slug: "bot" });
    const loraName = `tenant-${index}--bot--v1-000000000000`;
    const versionId = await seed.seedVersion(db, { tenantId, adapterId, number: 1, loraName });
    await seed.pointRoute(db, adapterId, { liveVersionId: versionId });
    await seed.seedRoutable(db, { tenantId, versionId, nodeId, loraName, at });
    loraNames.push(loraName);
  }
});
afterAll(() => api.close());
beforeEach(async () => {
  clock.advance(10 * MINUTE);
  await api.deps.db.write(platformScope, ({ client }) => client.finding.deleteMany());
  await count(0);
});

/** The node counted so many in the newest minute that is counted; null = it exports no such counter. */
const count = async (evictions: number | null, disk = 0) => {
  const { db } = api.deps;
  await forgetCounted(db);
  const at = new Date(settledUntil(clock.now()).getTime() - MINUTE);
  const counters = evictions === null ? {} : { "evictions.gpu": evictions, "swaps.disk": disk, requests: 300 };
  const nodes = await db.read(platformScope, ({ client }) =>
    client.node.findMany({ where: { poolId }, select: { id: true } }),
  );
  const rows = nodes.map(({ id }) => ({
    ...{ nodeId: id, stepSeconds: 60 as const, at, scrapes: 1, simulated: true },
    data: {
      ...{ seconds: 60, gauges: {}, histograms: {} },
      counters: id === nodeId ? counters : { "evictions.gpu": 0, "swaps.disk": 0 },
    },
  }));
  await storeRollups(db, rows);
};

/** So many tenants asked round and round for the last two minutes that are counted, five times a second. */
const askRound = (tenants: number) => {
  const now = settledUntil(clock.now()).getTime();
  const traces = Array.from({ length: 600 }, (_, index) => {
    const at = new Date(now - 2 * MINUTE + index * 200);
    return makeTrace({
      id: `req_${now}_${index}`,
      nodeId,
      loraName: loraNames[index % tenants] ?? null,
      arrivedAt: at,
      dispatchedAt: at,
      endedAt: new Date(at.getTime() + 150),
    });
  });
  return recordRequests(api.deps.db, traces);
};

async function withTerm(name: string, run: (turn: Turn) => Promise<unknown>): Promise<void> {
  const lease = createLease(api.deps.db, { name, holder: `worker-${Math.random()}`, ttlMs: MINUTE });
  const term = await lease.acquire();
  if (term === null) throw new Error("the lease is taken");
  await run({ term, signal: new AbortController().signal });
  await lease.release(term);
}
const detect = () => withTerm(FINDING_LOOP, (turn) => pitfallTurn(api.deps, turn));
const list = async (query: Parameters<typeof api.admin.call<"GET /findings">>[1]["query"] = {}) =>
  (await api.admin.call("GET /findings", { query })).items;
const pitfalls = async (query: Parameters<typeof list>[0] = {}) => (await list(query)).map(({ pitfall }) => pitfall);

describe("a check of the pools", () => {
  it("finds thrash with its figures, its prediction and where to mend it", async () => {
    await count(500);
    await askRound(TENANTS);
    await detect();
    const [found] = await list({ pitfall: "eviction_thrash" });
    expect(found).toMatchObject({
      title: "Eviction thrash",
      subject: { type: "node", id: nodeId, name: "a100-1" },
      poolId,
      nodeId,
      clearedAt: null,
      fix: { action: { href: `/pools/${poolId}/rollouts?maxLoras=14` } },
    });
    expect(found?.sentence).toMatch(
      /^a100-1: more adapters are active at once than its 12 GPU slots can hold; raise --max-loras to 14: predicted evictions \d+ → 0 a minute/,
    );
    expect(found?.evidence[0]?.figure).toMatchObject({ value: 500, source: "measured", simulated: true });
    expect(found?.forecast?.before).toBeGreaterThan(50);
  });

  it("finds none where every tenant has a slot", async () => {
    await askRound(12);
    await detect();
    expect(await pitfalls()).toEqual([]);
  });

  it("derives what a node does not count, and says so", async () => {
    await count(null);
    await askRound(TENANTS);
    await detect();
    // nobody followed the node so far
    expect(await list({ pitfall: "eviction_thrash" })).toEqual([]);
    await withTerm(DERIVED_LOOP, (turn) => derivedTurn(api.deps, turn));
    await detect();
    const [found] = await list({ pitfall: "eviction_thrash" });
    expect(found?.evidence[0]?.figure).toMatchObject({ source: "inferred", simulated: true });
    expect(found?.evidence[0]?.figure.value).toBeGreaterThan(300);
  });

  it("finds reads from disk, but none that a load asked for", async () => {
    const loads = ["evt_1", "evt_2", "evt_3"];
    const at = new Date(settledUntil(clock.now()).getTime() - MINUTE);
    await count(0, loads.length);
    await api.deps.db.write(platformScope, async ({ client }) => {
      for (const id of loads)
        await client.loadEvent.create({
          data: { id, nodeId, kind: "load", outcome: "ok", message: "", at, loraName: id },
        });
    });
    await detect();
    expect(await pitfalls()).toEqual([]);
    await api.deps.db.write(platformScope, ({ client }) => client.loadEvent.deleteMany());
    await detect();
    expect(await pitfalls()).toEqual(["cpu_starvation"]);
  });

  it("finds ranks that are padded, and a pool that rejects", async () => {
    await api.deps.db.write(platformScope, async ({ client }) => {
      await client.adapterVersion.updateMany({ where: { tenantId }, data: { rank: 8 } });
      await client.pool.update({ where: { id: poolId }, data: { fallback: "reject" } });
    });
    await detect();
    expect(await pitfalls()).toEqual(["missing_fallback", "rank_padding"]);
    await api.deps.db.write(platformScope, async ({ client }) => {
      await client.adapterVersion.updateMany({ data: { rank: null } });
      await client.pool.update({ where: { id: poolId }, data: { fallback: "base_model" } });
    });
  });
});

describe("a check of versions", () => {
  const inCatalog = (work: (client: Tx["client"]) => Promise<unknown>) =>
    api.deps.db.write(platformScope, ({ client }) => work(client));

  it("finds the newest version that was refused for its tokenizer, and none that another took the place of", async () => {
    const checkReport = {
      findings: [
        {
          code: "tokenizer_mismatch",
          severity: "error",
          title: "Another tokenizer",
          message: "It differs.",
          fix: "Export again.",
        },
        { code: "rank_above_pool", severity: "error", title: "Rank", message: "Too high.", fix: null },
      ],
    };
    const adapterId = await seed.seedAdapter(api.deps.db, { tenantId, poolId, slug: "refused" });
    const seedNext = (number: number) =>
      seed.seedVersion(api.deps.db, { tenantId, adapterId, number, loraName: `refused-v${number}` });
    const id = await seedNext(1);
    await inCatalog((client) =>
      client.adapterVersion.update({ where: { id }, data: { state: "rejected", checkReport } }),
    );
    await detect();
    const [found] = await list({ tenantId });
    expect(found).toMatchObject({
      pitfall: "mismatch",
      severity: "notice",
      subject: { type: "version", id },
      evidence: [{ figure: { value: 1 } }],
      fix: { sentence: "Export again.", action: { href: `/adapters/${adapterId}/versions/${id}` } },
    });
    await seedNext(2);
    for (let minutes = 0; minutes < 4; minutes += 1) {
      clock.advance(MINUTE);
      await detect();
    }
    expect(await list({ tenantId })).toEqual([]);
  });

  it("finds a verdict that fell on the same bytes and prompts", async () => {
    const adapterId = await seed.seedAdapter(api.deps.db, { tenantId, poolId, slug: "judged" });
    const versionId = await seed.seedVersion(api.deps.db, { tenantId, adapterId, number: 1, loraName: "judged-v1" });
    await seed.pointRoute(api.deps.db, adapterId, { liveVersionId: versionId });
    await inCatalog((client) =>
      client.evalSuite.create({
        data: { id: "sui_1", tenantId, name: "s", revision: 1, seed: "s", hash: "h", caseCount: 200 },
      }),
    );
    const judge = (number: number, outcome: "pass" | "fail") =>
      inCatalog((client) => {
        const mode = {
          outcome,
          n: 200,
          prompts: 200,
          missing: 0,
          invalid: 0,
          netRegression: outcome === "fail" ? 0.03 : 0,
        };
        return client.evalRun.create({
          data: {
            id: `run_${number}`,
            tenantId,
            suiteId: "sui_1",
            adapterId,
            candidateVersionId: versionId,
            state: "completed",
            requestedBy: "test",
            conditions: { candidate: { vllmVersion: `0.3${number}.0`, nodeGpu: "A100" } },
            verdict: {
              create: {
                id: `vdt_${number}`,
                tenantId,
                versionId,
                outcome,
                modes: { greedy: mode, sampled: { ...mode, outcome: "pass" } },
                reasons: [],
              },
            },
          },
        });
      });
    await judge(1, "pass");
    await detect();
    expect(await pitfalls({ tenantId })).toEqual([]);
    await judge(2, "fail");
    await detect();
    const [found] = await list({ tenantId });
    expect(found).toMatchObject({ pitfall: "answer_change", severity: "critical", subject: { id: versionId } });
    expect(found?.sentence).toContain("judged v1 answers otherwise");
    expect(found?.cause).toContain("vLLM's release changed");
    await inCatalog(async (client) => {
      await client.adapter.delete({ where: { id: adapterId } });
      await client.evalRun.deleteMany();
    });
  });
});

describe("what is on record", () => {
  it("stays one finding however often it is seen, outlives a quiet minute, and clears after three", async () => {
    await count(500);
    await askRound(TENANTS);
    await detect();
    await detect();
    const [first, ...more] = await list();
    expect(more).toEqual([]);
    clock.advance(MINUTE);
    await count(0);
    await detect();
    expect((await list())[0]).toMatchObject({ id: first?.id, lastSeenAt: first?.lastSeenAt });
    clock.advance(3 * MINUTE);
    await count(0);
    await detect();
    expect(await list()).toEqual([]);
    expect((await list({ state: "cleared" }))[0]).toMatchObject({
      id: first?.id,
      clearedAt: clock.now().toISOString(),
    });
    clock.advance(MINUTE);
    await count(500);
    await askRound(TENANTS);
    await detect();
    expect((await list())[0]?.id).not.toBe(first?.id);
    expect(await list({ state: "all" })).toHaveLength(2);
  });

  it("stays while nobody can check there", async () => {
    await count(0, 3);
    await detect();
    const told = (blind: Blind[]) =>
      api.deps.db.write(platformScope, (tx) => recordFindings(tx, { poolId, at: clock.now(), seen: [], blind }));
    for (let minutes = 0; minutes < 10; minutes += 1) {
      clock.advance(MINUTE);
      await told([{ pitfall: "cpu_starvation", nodeId: null }]);
    }
    expect(await pitfalls()).toEqual(["cpu_starvation"]);
    for (let minutes = 0; minutes < 4; minutes += 1) {
      clock.advance(MINUTE);
      await told([{ pitfall: "cpu_starvation", nodeId: "node_of_another" }]);
    }
    expect(await pitfalls()).toEqual([]);
  });

  it("is not written by a worker that lost its lease", async () => {
    await count(500);
    await askRound(TENANTS);
    const turn = { term: 0n, signal: new AbortController().signal };
    await expect(pitfallTurn(api.deps, turn)).rejects.toThrow("2 of 2 pools were not checked");
    expect(await list()).toEqual([]);
  });
});

describe("who may read it", () => {
  it("staff by pool, node and tenant; customers nothing", async () => {
    await count(500, 1);
    await askRound(TENANTS);
    await detect();
    const inPool = (id: string) =>
      api.admin.call("GET /pools/{poolId}/findings", { params: { poolId: id }, query: {} });
    expect((await inPool(poolId)).items.map(({ pitfall }) => pitfall).sort()).toEqual([
      "cpu_starvation",
      "eviction_thrash",
    ]);
    expect((await inPool(poolId)).lookedAt).toBeNull();
    expect((await inPool(otherPoolId)).items).toEqual([]);
    expect(await problemOf(inPool("pool_00000000000000000000000000000000"))).toMatchObject({ status: 404 });
    expect(await pitfalls({ nodeId })).toHaveLength(2);
    expect(await pitfalls({ tenantId })).toEqual([]);
    const auditor = await api.clientWith(["platform:read"]);
    expect((await auditor.call("GET /findings", { query: { poolId } })).items).toHaveLength(2);
    const customer = await api.clientWith(["tenant:admin"], tenantId);
    expect(await problemOf(customer.call("GET /findings", { query: {} }))).toMatchObject({ status: 403 });
    expect(
      await problemOf(customer.call("GET /pools/{poolId}/findings", { params: { poolId }, query: {} })),
    ).toMatchObject({ status: 403 });
    expect(await problemOf(api.admin.call("GET /findings", { query: { limit: 0 } }))).toMatchObject({
      status: 422,
      errors: [{ field: "limit" }],
    });
  });
});
