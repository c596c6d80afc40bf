import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestApi, type TestApi } from "#lib/api/testing/test-api.ts";
import type { ChartMetric } from "#lib/metrics/browser/chart-metrics.ts";
import * as seed from "#lib/metrics/testing/seed-catalog.ts";
import { manualClock } from "#lib/platform/clock.ts";
import { newId } from "#lib/platform/ids.ts";
import { makeTrace } from "../testing/make-trace.ts";
import { asShown } from "../testing/make-usage.ts";
import { recordRequests } from "../testing/record-requests.ts";

const clock = manualClock(new Date("2026-11-24T12:00:00.000Z"));
const arrivedAt = new Date("2026-11-24T07:00:00.000Z");
const range = { from: "2026-11-24T06:59:00.000Z", to: "2026-11-24T07:02:00.000Z" };
const tenants: string[] = [];
let api: TestApi;

/** Twelve tenants, each with two requests: of 100 ms, 200 ms, … 1200 ms. */
beforeAll(async () => {
  api = await createTestApi({ clock });
  const { db } = api.deps;
  for (let index = 0; index < 12; index += 1) tenants.push(await seed.seedTenant(db, { slug: `split-${index}` }));
  const after = (ms: number) => new Date(arrivedAt.getTime() + ms);
  const of = (tenantId: string, ms: number) =>
    makeTrace({
      id: newId("request"),
      ...{ tenantId, stream: true, completionTokens: 11, promptTokens: 100, arrivedAt, queuedMs: ms / 10 },
      firstByteAt: after(ms / 2),
      endedAt: after(ms),
    });
  await recordRequests(
    db,
    tenants.flatMap((tenantId, index) => [of(tenantId, (index + 1) * 100), of(tenantId, (index + 1) * 100)]),
  );
});
afterAll(() => api.close());

const chart = (metric: ChartMetric, query: object = {}, client = api.admin) =>
  client.call("GET /charts/{metric}", { params: { metric }, query: { ...range, ...query } });
const named = (ms: readonly number[]) => ms.map((each) => [`split-${each / 100 - 1}`, asShown(each)]);

it("draw the ten tenants with the largest figure and the rest as one", async () => {
  const latency = await chart("latency", { by: "tenant", quantile: "p50" });
  expect(latency).toMatchObject({ title: "Latency, p50 by tenant", by: "tenant", coverage: null });
  expect(latency.series.map(({ label, whole }) => [label, whole])).toEqual([
    ...named([1200, 1100, 1000, 900, 800, 700, 600, 500, 400, 300]),
    ["Other (2)", asShown(100)], // of 100, 100, 200, 200
  ]);
  for (const { whole, points } of latency.series)
    expect(points.flatMap(([, value]) => (value === null ? [] : value))).toEqual([whole]);
  const [tokens, throughput] = [
    await chart("inter-token", { tenantId: tenants[11] }),
    await chart("throughput", { tenantId: tenants[11] }),
  ];
  expect(tokens.series.map(({ whole }) => whole)).toEqual([60, 60, 60].map(asShown));
  expect(throughput.series[0]?.points.map(([, value]) => value)).toContain(22 / 60);
  expect((await chart("errors", { by: "node" })).series.map(({ label }) => label)).toEqual(["No node"]);
  const titles = (["running", "fallback-share", "queue"] as const).map((metric) => chart(metric, { by: "node" }));
  expect((await Promise.all(titles)).map(({ title }) => title)).toEqual([
    "Requests running by node",
    "Fallback share by node",
    "Queue, Waiting by node",
  ]);
});

it("tell how long requests waited at the gateway, and who waited longest", async () => {
  const [line] = (await chart("gateway-queue", { by: "tenant" })).series;
  expect([line?.label, line?.whole]).toEqual(["split-11", asShown(120)]);
  expect((await chart("gateway-queue")).series.map(({ key, whole }) => [key, whole])).toEqual([
    ["p50", asShown(60)],
    ["p95", asShown(120)],
    ["p99", asShown(120)],
  ]);
});

it("give a line to those that are asked for, whatever their figure; what does not exist has none", async () => {
  const first = `${tenants[0]},${tenants[1]},ten_x`;
  const { series } = await chart("latency", { by: "tenant", quantile: "p50", first });
  expect(series.map(({ label, whole }) => [label, whole])).toEqual([
    ...named([200, 100, 1200, 1100, 1000, 900, 800, 700, 600, 500]),
    ["Other (2)", asShown(300)], // of 300, 300, 400, 400
  ]);
  for (const wrong of ["a,", "a;b", "a,b,c,d,e,f,g,h,i,j,k"])
    await expect(chart("latency", { by: "tenant", first: wrong }), wrong).rejects.toMatchObject({
      problem: { errors: [{ field: "first" }] },
    });
});

it("show a customer their own adapters, and nothing of others", async () => {
  const own = await api.clientWith(["tenant:read"], tenants[0]);
  const { series } = await chart("requests", { by: "adapter", first: tenants[1] }, own);
  expect(series.map(({ label, counts }) => [label, counts?.reduce((sum, n) => (sum ?? 0) + (n ?? 0), 0)])).toEqual([
    ["No adapter", 2],
  ]);
  for (const by of ["tenant", "node", "pool"])
    await expect(chart("latency", { by }, own)).rejects.toMatchObject({ problem: { status: 403 } });
  await expect(chart("latency", { tenantId: tenants[1] }, own)).rejects.toMatchObject({ problem: { status: 404 } });
  await expect(chart("kv-cache", { by: "tenant" })).rejects.toMatchObject({ problem: { errors: [{ field: "by" }] } });
});
