import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createTestApi, type TestApi } from "#lib/api/testing/test-api.ts";
import { SCRAPE_LOOP } from "#lib/metrics/scrape/scraper.ts";
import { createLease } from "#lib/platform/lease.ts";
import { platformScope, tenantScope } from "#lib/platform/scope.ts";
import { addAdapter, addPool } from "#lib/registry/testing/register.ts";
import { makeTrace } from "../testing/make-trace.ts";
import { clearRequests, recordRequests } from "../testing/record-requests.ts";
import type { RequestTrace } from "../trace/trace.ts";
import { keepDemand } from "./keep-demand.ts";

let api: TestApi;
let one: { tenantId: string; adapterId: string };
let two: { tenantId: string; adapterId: string };
let term: bigint;
const NOW = new Date("2026-03-01T12:00:00Z");
const ago = (seconds: number) => new Date(NOW.getTime() - seconds * 1000);

beforeAll(async () => {
  api = await createTestApi();
  const { id: poolId } = await addPool(api.admin, "pool", "/data/adapters");
  const add = async (slug: string) => {
    const { tenant, adapter } = await addAdapter(api.admin, slug, poolId);
    return { tenantId: tenant.id, adapterId: adapter.id };
  };
  one = await add("one");
  two = await add("two");
  term = (await createLease(api.deps.db, { name: SCRAPE_LOOP, holder: "test", ttlMs: 60_000 }).acquire()) ?? 0n;
});
afterAll(() => api.close());
beforeEach(() =>
  api.deps.db.write(platformScope, async (tx) => {
    const { client } = tx;
    await clearRequests(tx);
    await client.adapterDemand.deleteMany();
  }),
);

let traces = 0;
const trace = (change: Partial<RequestTrace> & { arrivedAt: Date; endedAt: Date }): RequestTrace => {
  traces += 1;
  return makeTrace({ id: `req_demand_${traces}`, ...one, dispatchedAt: change.arrivedAt, ...change });
};
/** Requests one after the other that end before the next begins. */
const inTurn = (count: number, who = one, firstBefore = 800) =>
  Array.from({ length: count }, (_, index) => {
    const arrivedAt = ago(firstBefore - index);
    return trace({ ...who, arrivedAt, endedAt: new Date(arrivedAt.getTime() + 500) });
  });
const keep = (at = NOW) => keepDemand(api.deps, { name: SCRAPE_LOOP, term }, at);
const demandOf = (adapterId: string) =>
  api.deps.db.read(platformScope, ({ client }) => client.adapterDemand.findUnique({ where: { adapterId } }));

describe("what an adapter is asked for", () => {
  it("is its customers' requests of the last quarter of an hour, and how many ran at once in the busiest minute", async () => {
    const burst = [1, 2, 3].map((second) => trace({ arrivedAt: ago(140 - second), endedAt: ago(90) }));
    const others = [
      trace({ arrivedAt: ago(1000), endedAt: ago(80) }), // ran in each of these minutes
      trace({ kind: "eval", arrivedAt: ago(95), endedAt: ago(80) }),
      trace({ status: 429, reason: "requests_per_minute", dispatchedAt: null, arrivedAt: ago(95), endedAt: ago(80) }),
      trace({ adapterId: null, arrivedAt: ago(95), endedAt: ago(80) }),
      trace({ ...two, status: 503, via: null, arrivedAt: ago(95), endedAt: ago(95) }),
    ];
    const noRoom = { status: 429, reason: "queue_full", dispatchedAt: null, arrivedAt: ago(95), endedAt: ago(95) };
    await recordRequests(api.deps.db, [
      ...inTurn(25),
      trace({ ...two, ...noRoom }),
      trace(noRoom),
      ...burst,
      ...others,
    ]);
    expect(await keep()).toBe(2);
    expect(await demandOf(one.adapterId)).toEqual({
      ...one,
      requestsPerMinute: 2,
      peakConcurrent: 4,
      observedAt: NOW,
    });
    expect(await demandOf(two.adapterId)).toMatchObject({ tenantId: two.tenantId, peakConcurrent: 1 });
  });

  it("is not written again for noise, nor on an idle fleet, but for a real change and when it has ended", async () => {
    expect(await keep()).toBe(0);
    await recordRequests(api.deps.db, inTurn(60));
    expect(await keep()).toBe(1);
    expect(await keep()).toBe(0);
    await recordRequests(api.deps.db, inTurn(8, one, 200));
    expect(await keep()).toBe(0);
    expect(await demandOf(one.adapterId)).toMatchObject({ requestsPerMinute: 4 });
    await recordRequests(api.deps.db, inTurn(30, one, 150));
    expect(await keep()).toBe(1);
    const hourLater = new Date(NOW.getTime() + 3_600_000);
    expect(await keep(hourLater)).toBe(1);
    expect(await demandOf(one.adapterId)).toMatchObject({ requestsPerMinute: 0, peakConcurrent: 0 });
    expect(await keep(hourLater)).toBe(0);
    expect(await keep(new Date(NOW.getTime() + 8 * 3_600_000))).toBe(1);
  });

  it("is out of a customer's reach", async () => {
    await recordRequests(api.deps.db, [...inTurn(3), ...inTurn(3, two)]);
    await keep();
    const seen = api.deps.db.read(tenantScope(one.tenantId), ({ client }) => client.adapterDemand.findMany());
    await expect(seen).rejects.toThrow(/permission denied/);
  });

  it("is not written by a worker that lost its lease", async () => {
    await recordRequests(api.deps.db, inTurn(3));
    await expect(keepDemand(api.deps, { name: SCRAPE_LOOP, term: term + 1n }, NOW)).rejects.toMatchObject({
      reason: "lease_lost",
    });
    expect(await demandOf(one.adapterId)).toBeNull();
  });
});
