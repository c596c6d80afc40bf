import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { createTestApi, type TestApi } from "#lib/api/testing/test-api.ts";
import type { ChartMetric } from "#lib/metrics/browser/chart-metrics.ts";
import * as seed from "#lib/metrics/testing/seed-catalog.ts";
import { manualClock } from "#lib/platform/clock.ts";
import { newId } from "#lib/platform/ids.ts";
import { createLease, type Fence } from "#lib/platform/lease.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { makeTrace } from "../testing/make-trace.ts";
import { recordTraces } from "../trace/record-traces.ts";
import type { RequestTrace } from "../trace/trace.ts";
import { packTraces } from "./pack-traces.ts";

const NOON = new Date("2026-11-24T12:00:00.000Z");
const after = (minutes: number) => new Date(NOON.getTime() + minutes * 60_000);
const clock = manualClock(NOON);
let api: TestApi;
let fence: Fence;
let tenants: string[];
let nodes: string[];

beforeAll(async () => {
  api = await createTestApi({ clock });
  const term = await createLease(api.deps.db, { name: "packs", holder: "test", ttlMs: 60_000 }).acquire();
  fence = { name: "packs", term: term ?? 0n };
  const pools = [await seed.seedPool(api.deps.db), await seed.seedPool(api.deps.db)];
  tenants = [await seed.seedTenant(api.deps.db, { slug: "one" }), await seed.seedTenant(api.deps.db, { slug: "two" })];
  nodes = [];
  for (const [index, poolId] of [...pools, ...pools].entries())
    nodes.push(
      await seed.seedNode(api.deps.db, { poolId, name: `n${index}`, baseUrl: `http://n${index}.test`, seenAt: NOON }),
    );
});
afterAll(() => api.close());
beforeEach(async () => {
  clock.advance(NOON.getTime() - clock.now().getTime());
  await api.deps.db.write(platformScope, async ({ client }) => {
    await client.requestTrace.deleteMany();
    await client.traceHour.deleteMany();
    await client.tracePack.deleteMany();
  });
});

/** Requests of four hours from noon on, of every kind. */
const requests = (size: number): RequestTrace[] =>
  fc.sample(
    fc
      .record({
        ms: fc.nat(4 * 3_600_000 - 1),
        tenantId: fc.constantFrom(...tenants, null),
        adapterId: fc.constantFrom("adp_a", "adp_b", null),
        nodeId: fc.constantFrom(...nodes, "node_gone", null),
        kind: fc.constantFrom("user" as const, "user" as const, "probe" as const),
        status: fc.constantFrom(200, 200, 200, 404, 503),
        fallbackReason: fc.constantFrom(null, null, "no_node"),
        stream: fc.boolean(),
        tokens: fc.option(fc.record({ prompt: fc.nat(3000), completion: fc.nat(300) })),
        first: fc.option(fc.nat(900)),
        rest: fc.nat(60_000),
      })
      .map(({ ms, tokens, first, rest, ...about }) => {
        const arrivedAt = new Date(NOON.getTime() + ms);
        return makeTrace({
          id: newId("request"),
          ...about,
          arrivedAt,
          firstByteAt: first === null ? null : new Date(arrivedAt.getTime() + first),
          endedAt: new Date(arrivedAt.getTime() + (first ?? 0) + rest),
          promptTokens: tokens?.prompt ?? null,
          completionTokens: tokens?.completion ?? null,
        });
      }),
    { numRuns: size, seed: 7 },
  );

const pack = () => packTraces(api.deps, fence, clock.now());
const packedHours = () =>
  api.deps.db.read(platformScope, async ({ client }) =>
    (await client.traceHour.findMany({ where: { settled: true }, orderBy: { at: "asc" } })).map(({ at }) => at),
  );
/** Twice: what was packed is good once it was looked at again. */
async function packAll() {
  await pack();
  clock.advance(60_000);
  await pack();
}
const METRICS = ["latency", "ttft", "inter-token", "requests", "throughput", "errors", "fallback-share"] as const;
const chart = (metric: ChartMetric, query: object, client = api.admin) =>
  client.call("GET /charts/{metric}", { params: { metric }, query });

/** Every chart of requests that there is, over ranges that begin and end anywhere. */
async function everyChart() {
  const ranges = [
    { from: after(13.2).toISOString(), to: after(100.4).toISOString() },
    { from: after(-60).toISOString(), to: after(239).toISOString() },
    { from: after(-7 * 24 * 60).toISOString(), to: after(244).toISOString() },
  ];
  const splits = [{ by: "tenant" }, { by: "adapter" }, { by: "tenant", poolId: undefined, nodeId: nodes[0] }];
  const own = await api.clientWith(["tenant:read"], tenants[0]);
  const told: unknown[] = [];
  for (const range of ranges)
    for (const metric of METRICS) {
      for (const split of [...splits, { tenantId: tenants[1] }]) told.push(await chart(metric, { ...range, ...split }));
      told.push(await chart(metric, range, own));
    }
  for (const range of ranges)
    for (const metric of ["errors", "fallback-share"] as const)
      for (const by of [undefined, "node", "pool"]) told.push(await chart(metric, { ...range, ...(by && { by }) }));
  return told;
}
const withoutMoment = (told: readonly unknown[]) => told.map((each) => ({ ...(each as object), asOf: null }));

it("say what the requests themselves say, in every chart, split and range", async () => {
  await recordTraces(api.deps.db, requests(1500));
  clock.advance(after(245).getTime() - clock.now().getTime());
  const before = await everyChart();
  await packAll();
  expect(await packedHours()).toEqual([60, 120, 180].map(after)); // the oldest hour may have lost requests
  expect(withoutMoment(await everyChart())).toEqual(withoutMoment(before));
}, 120_000);

it("are of no use once one more request of their hour is told of, until they are packed again", async () => {
  const [, second, third] = [0, 70, 130].map((minute) =>
    makeTrace({ id: newId("request"), tenantId: tenants[0], arrivedAt: after(minute), endedAt: after(minute) }),
  );
  await recordTraces(api.deps.db, requests(50));
  clock.advance(after(245).getTime() - clock.now().getTime());
  await packAll();
  const counted = async () => {
    const { series } = await chart("requests", {
      ...{ by: "tenant", from: after(60).toISOString(), to: after(180).toISOString() },
    });
    return series.flatMap(({ counts }) => counts ?? []).reduce<number>((sum, count) => sum + (count ?? 0), 0);
  };
  const before = await counted();
  if (!second || !third) throw new Error("no requests");
  await recordTraces(api.deps.db, [second]);
  expect(await packedHours()).toEqual([after(120), after(180)]);
  expect(await counted()).toBe(before + 1);
  await recordTraces(api.deps.db, [second]); // told again
  expect(await counted()).toBe(before + 1);
  await pack();
  // one that was being written while the hour was packed
  await api.deps.db.write(platformScope, ({ client }) => client.requestTrace.create({ data: third }));
  await api.deps.db.write(platformScope, ({ client }) => client.traceHour.updateMany({ data: { settled: false } }));
  clock.advance(60_000);
  await pack();
  expect(await packedHours()).not.toContainEqual(after(120));
  clock.advance(60_000);
  await pack();
  expect(await packedHours()).toEqual([60, 120, 180].map(after));
  expect(await counted()).toBe(before + 2);
});

it("name the pack that was damaged, and are a customer's only where they are their own", async () => {
  await recordTraces(api.deps.db, requests(300));
  clock.advance(after(245).getTime() - clock.now().getTime());
  await packAll();
  const [first, second] = await Promise.all(tenants.map((tenantId) => api.clientWith(["tenant:read"], tenantId)));
  const range = { from: after(60).toISOString(), to: after(240).toISOString() };
  const whole = async (client: typeof first) => (await chart("requests", range, client)).series[0]?.whole ?? 0;
  const all = await chart("requests", { ...range, by: "tenant" });
  const named = (label: string) => all.series.find((each) => each.label.toLowerCase().includes(label))?.whole;
  expect(await whole(first)).toBeCloseTo(named("one") ?? Number.NaN);
  expect(await whole(second)).toBeCloseTo(named("two") ?? Number.NaN);
  await api.deps.db.write(platformScope, ({ client }) =>
    client.$executeRawUnsafe(`UPDATE "TracePack" SET "minutes" = set_byte("minutes", 5, get_byte("minutes", 5) # 4)`),
  );
  await expect(chart("latency", range, first)).rejects.toMatchObject({ problem: { status: 500 } });
});
