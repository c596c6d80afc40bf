import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createTestApi, type TestApi } from "#lib/api/testing/test-api.ts";
import { problemOf } from "#lib/evals/testing/eval-world.ts";
import { mortalDeps, WorkerDied } from "#lib/fleet/testing/mortal-deps.ts";
import type { Deps } from "#lib/identity/ctx.ts";
import * as seed from "#lib/metrics/testing/seed-catalog.ts";
import { manualClock } from "#lib/platform/clock.ts";
import { newId } from "#lib/platform/ids.ts";
import { createLease } from "#lib/platform/lease.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { makeTrace } from "#lib/requests/testing/make-trace.ts";
import { makeUsage } from "#lib/requests/testing/make-usage.ts";
import { clearRequests, recordRequests } from "#lib/requests/testing/record-requests.ts";
import type { RequestTrace } from "#lib/requests/trace/trace.ts";
import { bucketOf } from "#lib/requests/usage/durations.ts";
import { recordUsage } from "#lib/requests/usage/record-usage.ts";
import type { CreateObjective } from "../browser/objective-schema.ts";
import { countTurn, OBJECTIVE_LOOP, proposeTurn } from "./objective-loop.ts";

const NOON = new Date("2026-11-25T12:00:00.000Z");
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const clock = manualClock(NOON);
let api: TestApi;
let poolId: string;
let acme: { tenantId: string; adapterId: string };
let other: { tenantId: string; adapterId: string };

beforeAll(async () => {
  api = await createTestApi({ clock });
  const { db } = api.deps;
  poolId = await seed.seedPool(db);
  const add = async (slug: string) => {
    const tenantId = await seed.seedTenant(db, { slug });
    return { tenantId, adapterId: await seed.seedAdapter(db, { tenantId, poolId, slug: "bot" }) };
  };
  acme = await add("acme");
  other = await add("other");
});
afterAll(() => api.close());
beforeEach(async () => {
  clock.advance(DAY);
  await api.deps.db.write(platformScope, async (tx) => {
    await tx.client.objective.deleteMany();
    await clearRequests(tx);
  });
});

const withTerm = async (run: (term: bigint) => Promise<unknown>) => {
  const lease = createLease(api.deps.db, { name: OBJECTIVE_LOOP, holder: `w${Math.random()}`, ttlMs: MINUTE });
  const term = await lease.acquire();
  if (term === null) throw new Error("the lease is taken");
  await run(term).finally(() => lease.release(term));
};
const count = (deps: Deps = api.deps) =>
  withTerm((term) => countTurn(deps, { term, signal: new AbortController().signal }));
const ago = (ms: number) => new Date(clock.now().getTime() - ms);

/** Requests of acme that arrived so long ago. */
const send = (howMany: number, backMs: number, change: Partial<RequestTrace> & { tookMs?: number } = {}) => {
  const { tookMs = 100, ...rest } = change;
  const traces = Array.from({ length: howMany }, () => {
    const arrivedAt = ago(backMs);
    return makeTrace({
      id: newId("request"),
      ...acme,
      arrivedAt,
      endedAt: new Date(arrivedAt.getTime() + tookMs),
      ...rest,
    });
  });
  return recordRequests(api.deps.db, traces);
};
const set = (change: Partial<CreateObjective> = {}) =>
  api.admin.call("POST /objectives", {
    body: { tenantId: acme.tenantId, kind: "latency_p95", target: 1_200, windowDays: 7, ...change },
  });
const show = (objectiveId: string) => api.admin.call("GET /objectives/{objectiveId}", { params: { objectiveId } });

describe("what counts", () => {
  it("for a latency is each reply, and good is what came in time, also of days ago", async () => {
    const { id, state, note } = await set();
    expect({ state, note }).toEqual({ state: "unknown", note: "Its requests are not counted yet." });
    await send(90, 3 * DAY);
    await send(7, HOUR);
    await send(3, HOUR, { tookMs: 1_300 });
    await send(5, HOUR, { status: 500 });
    await send(5, HOUR, { kind: "eval", tookMs: 9_000 });
    await send(5, HOUR, { ...other, tookMs: 9_000 });
    await send(50, 9 * DAY, { tookMs: 9_000 });
    await count();
    expect(await show(id)).toMatchObject({
      promise: "95 of 100 replies within 1.2 s",
      outcome: "last 7 days: 97",
      state: "met",
      good: 97,
      total: 100,
      share: { value: 0.97, source: "measured" },
      budgetLeft: { value: expect.closeTo(0.4) },
    });
  });

  it("for availability is what was answered, failed, or found no room; not what a tenant brought on itself", async () => {
    const { id } = await set({ kind: "availability", target: 0.95 });
    await send(16, HOUR);
    await send(2, HOUR, { status: 502 });
    await send(2, HOUR, { status: 429, reason: "queue_full" });
    await send(9, HOUR, { status: 429, reason: "tenant_rate" });
    await send(9, HOUR, { status: 404 });
    await count();
    expect(await show(id)).toMatchObject({
      good: 16,
      total: 20,
      state: "missed",
      budgetLeft: { value: expect.closeTo(-3) },
    });
  });

  it("for first tokens and fallbacks is each stream, and each reply of the model asked for", async () => {
    const ttft = await set({ kind: "ttft_p95", target: 300 });
    const own = await set({ kind: "fallback_share", target: 0.05 });
    await send(9, HOUR, { stream: true, firstByteAt: new Date(ago(HOUR).getTime() + 280) });
    await send(1, HOUR, {
      stream: true,
      firstByteAt: new Date(ago(HOUR).getTime() + 330),
      fallbackReason: "saturated",
    });
    await send(10, HOUR);
    await count();
    expect(await show(ttft.id)).toMatchObject({ good: 9, total: 10 });
    expect(await show(own.id)).toMatchObject({ good: 19, total: 20 });
  });

  it("for a pool is every request of its adapters, whatever answered", async () => {
    const pool = await api.admin.call("POST /objectives", {
      body: { poolId, kind: "availability", target: 0.99, windowDays: 1 },
    });
    await send(8, HOUR);
    await send(7, HOUR, { ...other, status: 503 });
    await send(1, HOUR, { via: "hosted_provider", fallbackReason: "no_node" });
    await count();
    expect(await show(pool.id)).toMatchObject({
      good: 9,
      total: 16,
      scope: { type: "pool", id: poolId, name: "Pool" },
    });
  });

  it("stays the same however often it is counted, while minutes become hours, and when a worker dies at any point", async () => {
    const { id } = await set();
    const seen = async () => {
      const { good, total } = await show(id);
      return { good, total };
    };
    await send(40, 20 * HOUR);
    await send(10, 2 * MINUTE);
    await send(10, 20 * HOUR, { tookMs: 5_000 });
    for (let effect = 1; effect <= 4; effect += 1)
      for (const moment of ["before", "after"] as const)
        await count(mortalDeps(api.deps, effect, moment)).catch((error: unknown) => {
          if (!(error instanceof WorkerDied)) throw error;
        });
    await count();
    await count();
    expect(await seen()).toEqual({ good: 50, total: 60 });
    for (let hour = 0; hour < 9; hour += 1) {
      clock.advance(HOUR);
      await count();
    }
    expect(await seen()).toEqual({ good: 50, total: 60 });
    const rows = await api.deps.db.read(platformScope, ({ client }) => client.objectiveCount.findMany());
    expect(rows.map(({ stepSeconds }) => stepSeconds)).toEqual([3_600, 3_600]);
  });

  it("takes in what ended late, and says when nobody counted since", async () => {
    const { id } = await set();
    await send(20, 3 * MINUTE);
    await count();
    await send(20, 3 * MINUTE, { tookMs: 170_000 });
    await count();
    expect(await show(id)).toMatchObject({ good: 20, total: 40 });
    clock.advance(5 * MINUTE);
    const late = await show(id);
    expect(late).toMatchObject({
      state: "unknown",
      note: expect.stringMatching(/^Its requests are counted up to .* only/),
    });
    expect(late.burns.map(({ status }) => status)).toEqual(["unknown", "unknown", "unknown"]);
  });

  it("is counted anew for another target", async () => {
    const { id, generation } = await set();
    await send(20, HOUR, { tookMs: 2_000 });
    await count();
    expect(await show(id)).toMatchObject({ good: 0, state: "missed" });
    const params = { objectiveId: id };
    await api.admin.call("PATCH /objectives/{objectiveId}", { params, generation, body: { target: 2_500 } });
    expect(await show(id)).toMatchObject({ total: 0, state: "unknown" });
    await count();
    expect(await show(id)).toMatchObject({ good: 20, total: 20, state: "met" });
  });
});

it("burns at the pace of each pair of windows", async () => {
  const { id } = await set({ kind: "availability", target: 0.99 });
  await send(800, 2 * DAY);
  await send(20, 2 * MINUTE, { status: 500 });
  await send(20, 30 * MINUTE);
  await count();
  const { burns, state } = await show(id);
  expect(state).toBe("missed");
  expect(burns).toMatchObject([
    {
      severity: "critical",
      limit: 14.4,
      status: "bad",
      long: { total: 40, rate: expect.closeTo(50) },
      short: { total: 20 },
    },
    { severity: "critical", limit: 6, status: "bad" },
    { severity: "warning", limit: 1, status: "bad", long: { total: 840 } },
  ]);
  // six minutes later nothing fails any more, and too few requests came to tell: neither burning nor well
  clock.advance(6 * MINUTE);
  await count();
  expect((await show(id)).burns[0]).toMatchObject({ status: "unknown", short: { total: 0, rate: null } });
});

describe("proposals", () => {
  const use = (days: number, requests: number, failed = 0) =>
    recordUsage(api.deps.db, [
      makeUsage({
        ...{ at: ago(days * DAY), ...acme, requests, failed, answered: requests - failed, simulated: true },
        latency: { [bucketOf(500)]: requests - failed },
      }),
    ]);
  const list = () => api.admin.call("GET /objectives", { query: {} });
  const propose = () => withTerm((term) => proposeTurn(api.deps, { term }));

  it("are made once from the first seven days, say from what, and count without being accepted", async () => {
    await use(8, 4_000, 2);
    await use(0, 9_000, 9_000);
    await propose();
    await propose();
    const { items, unproposed } = await list();
    expect(items.map(({ kind, target, status }) => [kind, target, status])).toEqual([
      ["fallback_share", 0.005, "proposed"],
      ["availability", 0.995, "proposed"],
      ["latency_p95", 800, "proposed"],
    ]);
    expect(items.find(({ kind }) => kind === "availability")?.basis).toMatchObject({
      requests: 4_000,
      observed: 0.9995,
    });
    expect(unproposed).toEqual([
      { tenantId: other.tenantId, tenantName: "other", reason: "It has sent no request yet." },
    ]);
  });

  it("are not made of fewer than 200 requests, or before the seven days, which is said", async () => {
    await use(2, 5_000);
    await propose();
    const [reason] = (await list()).unproposed.filter(({ tenantId }) => tenantId === acme.tenantId);
    expect(reason?.reason).toBe("Day 3 of its first 7; 5000 requests so far.");
  });

  it("come not again once dismissed; accepted, they are somebody's decision", async () => {
    await use(8, 4_000);
    await propose();
    for (const { id, generation, kind } of (await list()).items)
      await api.admin.call("PATCH /objectives/{objectiveId}", {
        params: { objectiveId: id },
        generation,
        body: { status: kind === "availability" ? "accepted" : "dismissed" },
      });
    await propose();
    const { items } = await list();
    expect(items.map(({ status }) => status).sort()).toEqual(["accepted", "dismissed", "dismissed"]);
    expect(items.find(({ status }) => status === "accepted")).toMatchObject({ decidedBy: "key ADMIN_API_KEY" });
  });
});

describe("who may", () => {
  it("see: staff all, a customer only accepted ones of their own that are shown to them", async () => {
    await set({ kind: "availability", target: 0.99 });
    const shown = await set({ visibility: "customer" });
    await set({ tenantId: other.tenantId, visibility: "customer" });
    await send(20, HOUR);
    await count();
    const customer = await api.clientWith(["tenant:read"], acme.tenantId);
    const mine = await customer.call("GET /objectives", { query: {} });
    expect(mine.items.map(({ id }) => id)).toEqual([shown.id]);
    expect(mine).toMatchObject({ unproposed: [], items: [{ good: 20, total: 20, burns: [], decidedBy: null }] });
    const stranger = await api.clientWith(["tenant:read"], other.tenantId);
    const read = stranger.call("GET /objectives/{objectiveId}", { params: { objectiveId: shown.id } });
    expect(await problemOf(read)).toMatchObject({ status: 404 });
  });

  it("set: admins only, each with a row of the trail", async () => {
    const auditor = await api.clientWith(["platform:read"]);
    const body = { tenantId: acme.tenantId, kind: "latency_p95", target: 1_000, windowDays: 7 } as const;
    expect(await problemOf(auditor.call("POST /objectives", { body }))).toMatchObject({ status: 403 });
    const { id } = await set();
    const trail = await api.deps.db.read(platformScope, ({ client }) =>
      client.auditEntry.findMany({ where: { objectId: id }, select: { action: true, tenantId: true } }),
    );
    expect(trail).toEqual([{ action: "objective.create", tenantId: acme.tenantId }]);
  });
});

describe("bad input", () => {
  it("names field, rule and fix", async () => {
    const fieldsOf = async (change: Partial<CreateObjective>) => (await problemOf(set(change))).errors;
    expect(await fieldsOf({ target: 0.5 })).toMatchObject([
      { field: "target", code: "bad_target", fix: expect.any(String) },
    ]);
    expect(await fieldsOf({ kind: "availability", target: 99.9 })).toMatchObject([
      { field: "target", code: "bad_target" },
    ]);
    expect(await fieldsOf({ poolId })).toMatchObject([{ field: "tenantId", code: "one_scope" }]);
    expect(await fieldsOf({ tenantId: newId("tenant") })).toMatchObject([
      { field: "tenantId", code: "unknown_tenant" },
    ]);
    const pool = { poolId, kind: "availability", target: 0.99, windowDays: 7, visibility: "customer" } as const;
    expect(await problemOf(api.admin.call("POST /objectives", { body: pool }))).toMatchObject({
      errors: [{ field: "visibility", code: "pool_is_shared" }],
    });
  });

  it("is a second objective of a kind, or an edit of what somebody else changed", async () => {
    const { id, generation } = await set();
    expect(await problemOf(set())).toMatchObject({ status: 409, code: "objective_exists" });
    const params = { objectiveId: id };
    const edit = () =>
      api.admin.call("PATCH /objectives/{objectiveId}", { params, generation, body: { windowDays: 28 } });
    await edit();
    expect(await problemOf(edit())).toMatchObject({ status: 412 });
    await api.admin.call("DELETE /objectives/{objectiveId}", { params });
    expect(await problemOf(api.admin.call("DELETE /objectives/{objectiveId}", { params }))).toMatchObject({
      status: 404,
    });
  });
});
