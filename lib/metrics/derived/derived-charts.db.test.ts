import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createTestApi, type TestApi } from "#lib/api/testing/test-api.ts";
import { manualClock } from "#lib/platform/clock.ts";
import { platformScope } from "#lib/platform/scope.ts";
import {
  acted,
  deriveOnce,
  engineCounted,
  engineScraped,
  forgetNodes,
  record,
  sentTo,
} from "#lib/requests/testing/derived-world.ts";
import * as seed from "../testing/seed-catalog.ts";

const NOON = new Date("2026-11-25T12:00:00.000Z");
const MINUTE = 60_000;
const at = (minutes: number) => new Date(NOON.getTime() + minutes * MINUTE);
const clock = manualClock(NOON);
let api: TestApi;
let poolId: string;
/** Its vLLM counts evictions; the other's does not. */
let rich: string;
let plain: string;

beforeAll(async () => {
  api = await createTestApi({ clock });
  poolId = await seed.seedPool(api.deps.db);
  await api.deps.db.write(platformScope, ({ client }) =>
    client.pool.update({ where: { id: poolId }, data: { maxLoras: 1, maxCpuLoras: 2 } }),
  );
});
afterAll(() => api.close());
beforeEach(async () => {
  await forgetNodes(api.deps.db);
  clock.advance(NOON.getTime() - clock.now().getTime());
  [rich, plain] = [await addNode("rich"), await addNode("plain")];
});

async function addNode(name: string, beganEmptyAt: Date | null = at(-1)): Promise<string> {
  const { db } = api.deps;
  const id = await seed.seedNode(db, { poolId, name, baseUrl: `http://${name}.test`, seenAt: NOON });
  await db.write(platformScope, ({ client }) =>
    client.node.update({ where: { id }, data: { createdAt: at(-1), beganEmptyAt } }),
  );
  return id;
}
/** Each minute three requests of three adapters: every one pushes another out of the only slot. */
async function tenMinutes(nodeId: string) {
  const sent = Array.from({ length: 30 }, (_, index) => ({
    loraName: `adapter-${index % 3}`,
    at: new Date(NOON.getTime() + 1_000 + index * 20_000),
  }));
  await record(
    api.deps,
    sent.map((one) => sentTo(nodeId, one)),
  );
}
const counted = (nodeId: string, counters: Record<string, number>) =>
  Promise.all(Array.from({ length: 10 }, (_, minute) => engineCounted(api.deps, nodeId, at(minute), counters)));
const RANGE = { from: at(0).toISOString(), to: at(10).toISOString(), stepSeconds: 60 };
type Metric = "evictions" | "swap-source" | "batch-adapters" | "running-adapters";
const chart = (metric: Metric, scope: { nodeId?: string; poolId?: string }) =>
  api.admin.call("GET /charts/{metric}", { params: { metric }, query: { ...scope, ...RANGE } });
const valuesOf = (points: readonly (readonly [string, number | null])[]) => points.map(([, value]) => value);

describe("charts of evictions and swap sources", () => {
  it("are derived where a node counts nothing, and say so", async () => {
    await tenMinutes(plain);
    clock.advance(14 * MINUTE);
    await deriveOnce(api.deps);
    const evictions = await chart("evictions", { nodeId: plain });
    expect(evictions).toMatchObject({ source: "derived", simulated: true, coverage: { seen: 1, of: 1 } });
    expect(evictions.series.map(({ key, points }) => [key, valuesOf(points)])).toEqual([
      ["gpu", [2, 3, 3, 3, 3, 3, 3, 3, 3, 3]],
      ["cpu", [1, 3, 3, 3, 3, 3, 3, 3, 3, 3]],
    ]);
    expect(evictions.note).toContain("Derived for plain from our own requests and loads");
    const swaps = await chart("swap-source", { nodeId: plain });
    expect(swaps).toMatchObject({ source: "derived", asOf: at(10).toISOString() });
    expect(swaps.series.map(({ key, points }) => [key, valuesOf(points)[5]])).toEqual([
      ["gpu", 0],
      ["cpu", 0],
      ["disk", 3],
    ]);
  });

  it("take the weakest mark of their nodes, and leave what is measured as it is", async () => {
    await tenMinutes(plain);
    await tenMinutes(rich);
    await counted(rich, { "evictions.gpu": 7, "evictions.cpu": 7 });
    clock.advance(14 * MINUTE);
    await deriveOnce(api.deps);
    expect(await chart("evictions", { nodeId: rich })).toMatchObject({
      source: "measured",
      note: null,
      secondSource:
        "Counted by the nodes and derived from our own requests, over the ended steps that both know: 70 and 29 lost a slot; 70 and 28 left the CPU cache (60 % apart).",
    });
    const both = await chart("evictions", { poolId });
    expect(both).toMatchObject({ source: "derived", coverage: { seen: 2, of: 2 } });
    expect(valuesOf(both.series[0]?.points ?? [])[5]).toBe(10);
    // of the other node there is one source only
    expect(both.secondSource).toContain("70 and 29 lost a slot");
    expect((await chart("evictions", { nodeId: plain })).secondSource).toBeNull();
    // the nodes behind a spike of the pool, over a few of its steps
    const split = await api.admin.call("GET /charts/{metric}", {
      params: { metric: "evictions" },
      query: { poolId, by: "node", from: at(4).toISOString(), to: at(7).toISOString() },
    });
    expect(split.series.map(({ key, whole }) => [key, whole])).toEqual([
      [rich, 7],
      [plain, 3],
    ]);
    // of one counter without the other, only the other is derived
    expect(await chart("swap-source", { nodeId: rich })).toMatchObject({ source: "derived" });
  });

  it("are only inferred where others use the node, with the figures", async () => {
    await tenMinutes(plain);
    await counted(plain, { requests: 9 });
    for (const minutes of [7, 10.1, 11.2]) {
      clock.advance(at(minutes).getTime() - clock.now().getTime());
      await deriveOnce(api.deps);
    }
    const { source, note } = await chart("evictions", { nodeId: plain });
    expect(source).toBe("inferred");
    expect(note).toContain(
      "Only inferred for plain: it answered 90 requests in 10 min of which 30 came through Switchyard.",
    );
    const five = await api.admin.call("GET /charts/{metric}", {
      params: { metric: "evictions" },
      query: { nodeId: plain, ...RANGE, stepSeconds: 300 },
    });
    expect(five).toMatchObject({ source: "inferred", stepSeconds: 300 });
  });

  it("are only inferred of a process that nobody saw begin, until enough others were used", async () => {
    const id = await addNode("old", null);
    await tenMinutes(id);
    clock.advance(14 * MINUTE);
    await deriveOnce(api.deps);
    const { source, note } = await chart("evictions", { nodeId: id });
    expect(source).toBe("inferred");
    expect(note).toContain("its process started unobserved");
    expect(note).toContain("Exact again since 2026-11-25 12:01 UTC.");
  });
});

describe("adapters that were asked for at once", () => {
  it("are ours, unless the engine named more: then they are only inferred", async () => {
    await tenMinutes(plain);
    await engineCounted(api.deps, plain, at(3), {}, 1);
    clock.advance(11 * MINUTE);
    const peak = async (nodeId: string) =>
      (await api.admin.call("GET /nodes/{nodeId}/swaps", { params: { nodeId }, query: {} })).peak;
    expect(await peak(plain)).toMatchObject({ adapters: { value: 1, source: "derived" }, slots: 1 });
    await engineCounted(api.deps, rich, at(3), {}, 7);
    expect(await peak(rich)).toMatchObject({ adapters: { value: 7, source: "inferred" }, slots: 1 });
  });
});

describe("adapters in a batch without the plugin", () => {
  it("are those asked for at once, marked as they are known, on a node and in its pool", async () => {
    await tenMinutes(plain);
    clock.advance(14 * MINUTE);
    await deriveOnce(api.deps);
    const ours = await chart("batch-adapters", { nodeId: plain });
    expect(ours).toMatchObject({ source: "derived", simulated: true, coverage: { seen: 1, of: 1 } });
    expect(ours.note).toContain("plain does not count batches");
    expect(ours.series.map(({ key, whole }) => [key, whole])).toEqual([
      ["most", 1],
      ["mean", null],
    ]);
    await engineCounted(api.deps, plain, at(3), {}, 6);
    const named = await chart("batch-adapters", { poolId });
    expect(named).toMatchObject({ source: "inferred", coverage: { seen: 2, of: 2 } });
    expect(named.series.map(({ key, points }) => [key, valuesOf(points)[3], valuesOf(points)[4]])).toEqual([
      ["most", 6, 1],
      ["mean", 1, null],
    ]);
    expect(await chart("running-adapters", { nodeId: plain })).toMatchObject({ source: "inferred" });
  });
});

describe("the sources of a node's figures", () => {
  const sources = (nodeId: string, query: { minutes?: number; from?: string; to?: string } = {}) =>
    api.admin.call("GET /nodes/{nodeId}/cache-sources", { params: { nodeId }, query });

  it("are set side by side over the minutes that both know", async () => {
    await tenMinutes(rich);
    await tenMinutes(plain);
    await counted(rich, { "evictions.gpu": 3, "swaps.disk": 2 });
    clock.advance(14 * MINUTE);
    await deriveOnce(api.deps);
    expect(await sources(rich)).toEqual({
      exactSince: at(-1).toISOString(),
      foreign: null,
      compared: {
        minutes: 10,
        apart: { of: "swaps.disk", share: 1 / 3 },
        figures: [
          { of: "evictions.gpu", measured: 30, derived: 29 },
          { of: "swaps.disk", measured: 20, derived: 30 },
        ],
      },
    });
    expect((await sources(rich, { from: at(2).toISOString(), to: at(4).toISOString() })).compared).toMatchObject({
      minutes: 2,
      apart: null,
    });
    expect((await sources(plain)).compared).toBeNull();
  });

  it("tell of others within a minute, at a gate's load too, and call nothing exact from then on", async () => {
    await tenMinutes(plain);
    clock.advance(10 * MINUTE);
    await deriveOnce(api.deps);
    expect(await sources(plain)).toMatchObject({ foreign: null, exactSince: at(-1).toISOString() });
    // a gate sends ten requests a second, and somebody else begins to send two
    const gate = Array.from({ length: 500 }, (_, index) => new Date(at(10).getTime() + index * 100));
    await record(
      api.deps,
      gate.map((moment) => sentTo(plain, { loraName: "adapter-0", at: moment, seconds: 0.05 })),
    );
    for (const nth of [1, 2, 3, 4])
      await engineScraped(api.deps, plain, new Date(at(10).getTime() + nth * 10_000), 120);
    clock.advance(50_000);
    const found = await sources(plain);
    expect(found).toMatchObject({ exactSince: null, foreign: { counted: 480, minutes: 40 / 60 } });
    expect(found.foreign?.sentence).toMatch(
      /^plain answered 480 requests in 40 s of which 4\d\d came through Switchyard\.$/,
    );
    await deriveOnce(api.deps);
    expect(await chart("evictions", { nodeId: plain })).toMatchObject({ source: "derived" });
    const later = { params: { metric: "evictions" as const }, query: { nodeId: plain, minutes: 15 } };
    expect(await api.admin.call("GET /charts/{metric}", later)).toMatchObject({ source: "inferred" });
  });

  it("tell that others use a node, while they do", async () => {
    await tenMinutes(plain);
    await counted(plain, { requests: 9 });
    clock.advance(11.2 * MINUTE);
    await deriveOnce(api.deps);
    expect((await sources(plain)).foreign).toEqual({
      counted: 90,
      ours: 30,
      minutes: 10,
      sentence: "plain answered 90 requests in 10 min of which 30 came through Switchyard.",
    });
    clock.advance(15 * MINUTE);
    expect((await sources(plain)).foreign).toBeNull();
  });

  it("are told to staff, of nodes that there are, and of a day at most", async () => {
    const reader = await api.clientWith(["platform:read"]);
    const params = { nodeId: plain };
    expect(await reader.call("GET /nodes/{nodeId}/cache-sources", { params, query: {} })).toMatchObject({
      foreign: null,
    });
    await expect(sources("node_gone")).rejects.toMatchObject({ problem: { status: 404 } });
    await expect(sources(plain, { from: at(-3000).toISOString() })).rejects.toMatchObject({
      problem: { status: 422, errors: [{ field: "from", code: "range_too_long" }] },
    });
    const { id: tenantId } = await api.admin.call("POST /tenants", { body: { slug: "other", name: "Other" } });
    const customer = await api.clientWith(["tenant:read"], tenantId);
    await expect(customer.call("GET /nodes/{nodeId}/cache-sources", { params, query: {} })).rejects.toMatchObject({
      problem: { status: 403 },
    });
  });
});

describe("who may see swaps and changes", () => {
  it("a key that only reads sees both; a customer's sees neither the swaps nor others' changes", async () => {
    await acted(api.deps, plain, "restart", NOON);
    await tenMinutes(plain);
    clock.advance(11 * MINUTE);
    const reader = await api.clientWith(["platform:read"]);
    const swaps = await reader.call("GET /nodes/{nodeId}/swaps", { params: { nodeId: plain }, query: { minutes: 5 } });
    expect(swaps.evictions.gpu).toMatchObject({ value: 15, source: "derived", simulated: true });
    // fifteen and more in pages of five, each once and all of them
    const told: string[] = [];
    let cursor: string | undefined;
    do {
      const query = { minutes: 5, limit: 5, ...(cursor ? { cursor } : {}) };
      const page = await reader.call("GET /nodes/{nodeId}/swaps", { params: { nodeId: plain }, query });
      expect(page.total).toBe(swaps.total);
      told.push(...page.items.map(({ at: moment, adapter }) => `${moment} ${adapter.loraName}`));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(told).toEqual(swaps.items.map(({ at: moment, adapter }) => `${moment} ${adapter.loraName}`));
    expect(new Set(told).size).toBe(swaps.total);
    const changes = await reader.call("GET /changes", { query: {} });
    expect(changes.items.map(({ title }) => title)).toContain("plain restarted");

    const { id: tenantId } = await api.admin.call("POST /tenants", { body: { slug: "acme", name: "Acme" } });
    for (const scope of ["tenant:read", "tenant:admin"] as const) {
      const customer = await api.clientWith([scope], tenantId);
      const asked = customer.call("GET /nodes/{nodeId}/swaps", { params: { nodeId: plain }, query: {} });
      await expect(asked).rejects.toMatchObject({ problem: { status: 403 } });
      await expect(customer.call("GET /changes", { query: {} })).rejects.toMatchObject({ problem: { status: 403 } });
    }
    const nobody = await api.clientWith(["metrics:read"]);
    await expect(nobody.call("GET /changes", { query: {} })).rejects.toMatchObject({ problem: { status: 403 } });
  });
});
