import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestApi, type TestApi } from "#lib/api/testing/test-api.ts";
import * as seed from "#lib/metrics/testing/seed-catalog.ts";
import { manualClock } from "#lib/platform/clock.ts";
import { newId } from "#lib/platform/ids.ts";
import { createLease } from "#lib/platform/lease.ts";
import { makeTrace } from "#lib/requests/testing/make-trace.ts";
import { asShown } from "#lib/requests/testing/make-usage.ts";
import { recordRequests } from "#lib/requests/testing/record-requests.ts";
import { countTurn, OBJECTIVE_LOOP } from "./objective-loop.ts";

const NOON = Date.parse("2026-11-24T12:00:00.000Z");
let api: TestApi;
const ids: Record<string, string> = {};

/** Slow has no objective; over has one that is half of its p95, kept one that is far above. Idle sends nothing. */
beforeAll(async () => {
  api = await createTestApi({ clock: manualClock(new Date(NOON)) });
  const { db } = api.deps;
  for (const slug of ["slow", "over", "kept", "idle"]) ids[slug] = await seed.seedTenant(db, { slug });
  const many = (slug: string, count: number, ms: number, fallback = false) =>
    Array.from({ length: count }, () => {
      const arrivedAt = new Date(NOON - 600_000);
      return makeTrace({
        ...{ id: newId("request"), tenantId: ids[slug] ?? null, simulated: slug === "over", arrivedAt },
        ...(fallback ? { via: "base_model", fallbackReason: "saturated" } : {}),
        ...{ stream: false, firstByteAt: null, endedAt: new Date(arrivedAt.getTime() + ms) },
      });
    });
  await recordRequests(db, [
    ...many("slow", 3, 5_000),
    ...many("over", 100, 800),
    ...many("over", 25, 800, true),
    ...many("kept", 2, 700),
  ]);
  for (const [slug, target] of [
    ["over", 400],
    ["kept", 7_000],
    ["idle", 100],
  ] as const)
    await api.admin.call("POST /objectives", {
      body: { tenantId: ids[slug], kind: "latency_p95", target, windowDays: 7 },
    });
});
afterAll(() => api.close());

const rank = (query: object = {}, client = api.admin) => client.call("GET /rankings/tenants", { query });

it("puts first who is furthest over their objective, and after all others who has none", async () => {
  const { items, seen, from, to } = await rank();
  expect([seen, from, to]).toEqual([3, "2026-11-24T11:00:00.000Z", "2026-11-24T12:00:00.000Z"]);
  expect(items.map((one) => [one.tenantName, one.p95.value, one.objectiveMs, one.overObjective?.value])).toEqual([
    ["over", asShown(800), 400, asShown(800) / 400],
    ["kept", asShown(700), 7_000, asShown(700) / 7_000],
    ["slow", asShown(5_000), null, undefined],
  ]);
  expect(items.map(({ isLowSample }) => isLowSample)).toEqual([false, true, true]);
  expect(items[0]).toMatchObject({
    tenantId: ids.over,
    overObjective: { unit: "×", source: "measured", simulated: true, asOf: "2026-11-24T11:50:05.000Z" },
    requests: { value: 125, unit: "count" },
    fallbackShare: { value: 0.2, unit: "ratio" },
  });
  expect(await rank()).toEqual(await rank());
});

it("looks only at its range, and gives no more than it is asked for", async () => {
  expect((await rank({ limit: 1 })).items.map(({ tenantName }) => tenantName)).toEqual(["over"]);
  const empty = await rank({ from: "2026-11-24T08:00:00Z", to: "2026-11-24T09:00:00Z" });
  expect(empty).toMatchObject({ items: [], seen: 0 });
  for (const wrong of [{ limit: 0 }, { from: "now" }, { from: "2026-11-24T12:00:00Z", to: "2026-11-24T11:00:00Z" }])
    await expect(rank(wrong), JSON.stringify(wrong)).rejects.toMatchObject({ problem: { status: 422 } });
});

it("gives the objectives that are worst off, of whatever scope, as many as are asked for, and to a customer their own", async () => {
  const worst = (query: object = {}, client = api.admin) =>
    client.call("GET /objectives", { query: { order: "worst", ...query } });
  const lease = createLease(api.deps.db, { name: OBJECTIVE_LOOP, holder: "test", ttlMs: 60_000 });
  const term = (await lease.acquire()) ?? 0n;
  await countTurn(api.deps, { term, signal: new AbortController().signal });
  await lease.release(term);
  const all = await worst({ status: "accepted" });
  expect(all.items.map(({ scope, state }) => [scope.name, state])).toEqual([
    ["over", "missed"],
    ["kept", "unknown"], // two requests say nothing, and both were good
    ["idle", "unknown"],
  ]);
  expect(await worst({ limit: 1 })).toMatchObject({ nextCursor: null, items: [{ scope: { name: "over" } }] });
  expect((await worst({ tenantId: ids.kept })).items.map(({ scope }) => scope.name)).toEqual(["kept"]);
  expect((await worst({}, await api.clientWith(["tenant:read"], ids.over))).items).toEqual([]); // shown to staff only
});

it("does not count a proposal, a promise of another kind, or one that was dismissed", async () => {
  await api.admin.call("POST /objectives", {
    body: { tenantId: ids.slow, kind: "ttft_p95", target: 100, windowDays: 7 },
  });
  const { items } = await api.admin.call("GET /objectives", { query: { tenantId: ids.kept } });
  const [{ id: objectiveId, generation } = { id: "", generation: 0 }] = items;
  await api.admin.call("PATCH /objectives/{objectiveId}", {
    ...{ params: { objectiveId }, generation, body: { status: "dismissed" } },
  });
  const ranked = (await rank()).items;
  expect(ranked.map(({ tenantName, objectiveMs }) => [tenantName, objectiveMs])).toEqual([
    ["over", 400],
    ["slow", null],
    ["kept", null],
  ]);
});

it("is for whoever may read the fleet, and for no customer", async () => {
  expect((await rank({}, await api.clientWith(["platform:read"]))).seen).toBe(3);
  for (const scope of ["tenant:read", "tenant:admin"] as const)
    await expect(rank({}, await api.clientWith([scope], ids.over))).rejects.toMatchObject({ problem: { status: 403 } });
});
