import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemActor } from "#lib/identity/actor.ts";
import { type Ctx, type Deps, readCtx } from "#lib/identity/ctx.ts";
import { GATEWAY_CONDITIONS, recordConditions } from "#lib/metrics/conditions/record-condition.ts";
import * as seed from "#lib/metrics/testing/seed-catalog.ts";
import { storeRollups } from "#lib/metrics/testing/store-rollups.ts";
import { manualClock } from "#lib/platform/clock.ts";
import { newId } from "#lib/platform/ids.ts";
import { silentLog } from "#lib/platform/log.ts";
import { createOutbound } from "#lib/platform/outbound.ts";
import { platformScope, type Scope, tenantScope } from "#lib/platform/scope.ts";
import { createSecrets } from "#lib/platform/secrets.ts";
import { createTestDatabase, type TestDatabase } from "#lib/platform/testing/test-database.ts";
import { FallbackQuery, RequestQuery } from "./browser/request-schema.ts";
import { listFallbacks } from "./list-fallbacks.ts";
import { listRequests } from "./list-requests.ts";
import { showRequest } from "./show-request.ts";
import { makeTrace } from "./testing/make-trace.ts";
import { asShown } from "./testing/make-usage.ts";
import { clearRequests, recordRequests } from "./testing/record-requests.ts";
import type { RequestTrace } from "./trace/trace.ts";
import { readTraffic } from "./traffic/read-traffic.ts";
import { recordGatewayReport } from "./traffic/record-gateway-report.ts";

const NOON = new Date("2026-11-25T12:00:00.000Z");
const at = (seconds: number) => new Date(NOON.getTime() + seconds * 1000);
const clock = manualClock(NOON);
let database: TestDatabase;
let deps: Deps;
let acme: Awaited<ReturnType<typeof seedTenant>>;
let other: Awaited<ReturnType<typeof seedTenant>>;

beforeAll(async () => {
  database = await createTestDatabase();
  deps = {
    db: database.db,
    clock,
    log: silentLog,
    secrets: createSecrets("ab".repeat(32)),
    outbound: createOutbound(),
    adapterStore: "/nowhere",
    gatewayUrl: "http://127.0.0.1:1",
  };
  acme = await seedTenant("acme");
  other = await seedTenant("other");
});
afterAll(async () => {
  await deps.outbound.close();
  await database.close();
});

async function seedTenant(slug: string) {
  const { db } = database;
  const poolId = await seed.seedPool(db);
  const tenantId = await seed.seedTenant(db, { slug });
  const adapterId = await seed.seedAdapter(db, { tenantId, poolId, slug: "support" });
  const loraName = `${slug}--support--v3-0123456789ab`;
  const versionId = await seed.seedVersion(db, { tenantId, adapterId, number: 3, loraName });
  const nodeId = await seed.seedNode(db, {
    poolId,
    name: `${slug}-node`,
    baseUrl: `http://${slug}.test`,
    seenAt: NOON,
  });
  return { poolId, tenantId, adapterId, versionId, loraName, nodeId };
}

/** An answer of acme's own version, a second long, that arrived so many seconds after noon. */
const trace = (seconds: number, change: Partial<RequestTrace> = {}): RequestTrace => {
  const { tenantId, adapterId, versionId, nodeId, loraName } = acme;
  return makeTrace({
    id: newId("request"),
    ...{ tenantId, adapterId, versionId, nodeId, loraName },
    arrivedAt: at(seconds),
    dispatchedAt: at(seconds + 0.1),
    firstByteAt: at(seconds + 0.4),
    endedAt: at(seconds + 1),
    stream: true,
    promptTokens: 20,
    completionTokens: 30,
    queuedMs: 80,
    heldMs: 0,
    expectedTier: "cpu",
    ...change,
  });
};
const fallback = (seconds: number, change: Partial<RequestTrace> = {}) =>
  trace(seconds, { via: "base_model", versionId: null, loraName: "tiny-llama", fallbackReason: "no_node", ...change });
const as = <T>(scope: Scope, query: (ctx: Ctx) => Promise<T>) =>
  readCtx(deps, { actor: systemActor("test"), scope, requestId: newId("request") }, query);
const record = async (...traces: RequestTrace[]) => {
  await recordRequests(database.db, traces);
  return traces.map(({ id }) => id);
};
const mine = () => tenantScope(acme.tenantId);

describe("one request", () => {
  it("tells staff everything, and its customer everything but the node", async () => {
    const keyId = newId("apiKey");
    await database.db.write(platformScope, async ({ client }) => {
      const key = {
        id: keyId,
        tenantId: acme.tenantId,
        name: "app",
        prefix: "sk_app",
        hash: "h",
        scopes: ["inference"],
      };
      await client.apiKey.create({ data: key });
      await client.loadEvent.createMany({
        data: [-30, -9, 3, 30].map((seconds) => ({
          id: newId("loadEvent"),
          nodeId: acme.nodeId,
          kind: seconds === 3 ? "restart" : "load",
          outcome: "ok",
          message: "",
          loraName: acme.loraName,
          at: at(seconds),
        })),
      });
    });
    const counted = {
      ...{ seconds: 60, counters: { "evictions.gpu": 7, "swaps.cpu": 10 }, gauges: {} },
      histograms: { "swapSeconds.cpu": { le: [0.02, 0.04], counts: [0, 10, 0] } },
    };
    await storeRollups(database.db, [
      { nodeId: acme.nodeId, stepSeconds: 60, at: NOON, scrapes: 6, simulated: true, data: counted },
    ]);
    const [id = ""] = await record(trace(0, { keyId, attempts: 2, nodeEpoch: 4, status: 200 }));
    const staff = await as(platformScope, (ctx) => showRequest(ctx, id));
    expect(staff).toMatchObject({
      sentence: "Answered by v3 on acme-node in 1.00 s.",
      why: "The live version is what was requested.",
      tenantSlug: "acme",
      adapterSlug: "support",
      versionNumber: 3,
      nodeName: "acme-node",
      retries: 1,
      key: { id: keyId, name: "app", prefix: "sk_app" },
      latency: { value: 1_000, unit: "ms", source: "measured" },
      ttft: { value: 400 },
      tokensPerSecond: { value: 50, unit: "tok/s" },
      staff: { loraName: acme.loraName, nodeEpoch: 4, expectedTier: "cpu", endpoint: null },
    });
    expect(staff.stages.map(({ key, time }) => [key, time.value])).toEqual([
      ["gateway", 20],
      ["queued", 80],
      ["held", 0],
      ["weights", 30],
      ["prefill", 270],
      ["decode", 600],
    ]);
    expect(staff.staff?.around).toMatchObject({
      events: [{ kind: "load" }, { kind: "restart" }],
      evictions: { value: 7 },
      swapsFromCpu: { value: 10 },
      swapsFromDisk: { value: null },
    });
    const customer = await as(mine(), (ctx) => showRequest(ctx, id));
    expect(customer).toMatchObject({
      sentence: "Answered by v3 in 1.00 s.",
      nodeId: null,
      nodeName: null,
      staff: null,
    });
    expect(JSON.stringify(customer)).not.toContain("acme-node");
    expect(JSON.stringify(customer)).not.toContain(acme.loraName);
    expect(customer.stages.find(({ key }) => key === "weights")?.time.value).toBeNull();
    await expect(as(tenantScope(other.tenantId), (ctx) => showRequest(ctx, id))).rejects.toThrow("No such request.");
    await expect(as(platformScope, (ctx) => showRequest(ctx, newId("request")))).rejects.toThrow("No such request.");
  });

  it("says why something else answered, or nothing", async () => {
    const [fell = "", shed = "", gone = ""] = await record(
      fallback(1),
      trace(2, { status: 429, via: null, reason: "queue_full", nodeId: null, dispatchedAt: null, firstByteAt: null }),
      trace(3, { status: 499, reason: "client_gone" }),
    );
    const show = (id: string) => as(platformScope, (ctx) => showRequest(ctx, id));
    expect(await show(fell)).toMatchObject({
      sentence: "Answered by the base model on acme-node in 1.00 s.",
      why: "The base model answers instead, as no node can serve the requested version.",
      outcome: "fallback",
    });
    expect(await show(shed)).toMatchObject({
      outcome: "shed",
      why: "It ended with 429: queue_full.",
      staff: { around: null },
    });
    expect(await show(gone)).toMatchObject({ outcome: "refused", sentence: "Refused with 499 after 1.00 s." });
  });
});

describe("lists of requests", () => {
  const list = async (scope: Scope, query: object = {}) => {
    const ids: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await as(scope, (ctx) => listRequests(ctx, RequestQuery.parse({ limit: 2, cursor, ...query })));
      ids.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    return ids;
  };

  it("page newest first, by what is asked for, and a customer's hold only their own", async () => {
    await database.db.write(platformScope, clearRequests);
    const made = await record(
      trace(-5),
      trace(-5),
      fallback(-4),
      trace(-3, { status: 503, via: null }),
      trace(-2, { kind: "eval" }),
      trace(-1, { tenantId: other.tenantId, adapterId: other.adapterId, versionId: null, via: "origin", nodeId: null }),
      trace(-90_000),
      trace(-1, { tenantId: null }),
    );
    const [a = "", b = "", fell = "", failed = "", evaluated = "", foreign = "", old = ""] = made;
    expect(await list(platformScope)).toEqual([foreign, failed, fell, ...[a, b].sort().reverse()]);
    expect(await list(mine())).toEqual([failed, fell, ...[a, b].sort().reverse()]);
    expect(await list(mine(), { tenantId: other.tenantId })).toEqual([]);
    expect(await list(platformScope, { status: "fallback" })).toEqual([fell]);
    expect(await list(platformScope, { status: "failed" })).toEqual([failed]);
    expect(await list(platformScope, { via: "origin" })).toEqual([foreign]);
    expect(await list(platformScope, { kind: "eval" })).toEqual([evaluated]);
    expect(await list(platformScope, { adapterId: other.adapterId })).toEqual([foreign]);
    const day = { from: at(-100_000).toISOString(), to: at(-80_000).toISOString() };
    expect(await list(platformScope, day)).toEqual([old]);
    await expect(list(platformScope, { from: at(0).toISOString(), to: at(-1).toISOString() })).rejects.toThrow("empty");
    await expect(list(platformScope, { from: at(-40 * 86_400).toISOString() })).rejects.toThrow("longer than 31 days");
    await expect(list(platformScope, { cursor: "x" })).rejects.toThrow("cursor");
    const page = await as(mine(), (ctx) => listRequests(ctx, RequestQuery.parse({})));
    expect(page.items.map(({ nodeName, nodeId }) => nodeName ?? nodeId)).toEqual([null, null, null, null]);
  });
});

describe("fallback episodes", () => {
  it("end by a minute without one, stay apart by way and adapter, and page newest first", async () => {
    await database.db.write(platformScope, clearRequests);
    await record(
      fallback(-600),
      fallback(-550, { fallbackReason: "saturated" }),
      trace(-540),
      fallback(-500),
      fallback(-400, { via: "previous_version" }),
      fallback(-30),
      fallback(-20, { tenantId: other.tenantId, adapterId: other.adapterId }),
      trace(-10, { via: "origin" }), // the route's own target
      fallback(-5, { kind: "eval" }),
    );
    const list = async (scope: Scope, query: object = {}) => {
      const read = (cursor?: string) =>
        as(scope, (ctx) => listFallbacks(ctx, FallbackQuery.parse({ limit: 2, cursor, ...query })));
      const first = await read();
      const next = first.nextCursor === null ? null : await read(first.nextCursor);
      return [...first.items, ...(next?.items ?? [])].map((one) => [
        one.tenantSlug,
        one.via,
        one.reason,
        (Date.parse(one.since) - NOON.getTime()) / 1000,
        one.until === null ? null : (Date.parse(one.until) - NOON.getTime()) / 1000,
        one.requests,
      ]);
    };
    const own = [
      ["acme", "base_model", "no_node", -30, null, 1],
      ["acme", "previous_version", "no_node", -400, -399, 1],
      ["acme", "base_model", "no_node", -600, -499, 3],
    ];
    expect(await list(platformScope)).toEqual([["other", "base_model", "no_node", -20, null, 1], ...own]);
    expect(await list(mine())).toEqual(own);
    expect(await list(mine(), { tenantId: other.tenantId })).toEqual(own);
    expect(await list(platformScope, { tenantId: other.tenantId })).toHaveLength(1);
  });
});

describe("traffic", () => {
  const report = (inFlight: number, queued: number) => ({
    nodes: [
      {
        nodeId: acme.nodeId,
        isUp: true,
        breaker: "closed" as const,
        inFlight,
        adapters: [{ loraName: acme.loraName, inFlight }],
        slots: 12,
      },
    ],
    pools: [
      { poolId: acme.poolId, queued, oldestWaitMs: queued === 0 ? null : 700, isSaturated: queued > 0, shed: {} },
    ],
    tenants: [{ tenantId: acme.tenantId, inFlight, queued, oldestWaitMs: null, shedLastMinute: 0 }],
    snapshotAt: NOON.toISOString(),
    tracesPending: 3,
    openVersions: [],
  });
  const sendReport = (id: string, seconds: number, queued: number) =>
    database.db.write(platformScope, () =>
      recordGatewayReport(database.db, { id, startedAt: at(-600) }, report(2, queued), at(seconds)),
    );
  const read = () => as(platformScope, readTraffic);

  it("is unknown without a gateway, joins all that are live, and says when it is stale", async () => {
    await database.db.write(platformScope, clearRequests);
    const empty = await read();
    expect(empty).toMatchObject({ isStale: true, asOf: null, gateways: { live: 0, known: 0 }, tenants: [] });
    expect([empty.totals.inFlight.value, empty.pools[0]?.isSaturated, empty.nodes[0]?.breaker]).toEqual([
      null,
      null,
      null,
    ]);
    await record(
      ...[-10, -20, -30, -40].map((seconds) => trace(seconds)),
      fallback(-50, { status: 200 }),
      trace(-60, { status: 429, nodeId: null }),
      trace(-70, { status: 502 }),
      trace(-400),
      trace(-10, { kind: "eval" }),
    );
    const [a, b, dead] = [newId("gateway"), newId("gateway"), newId("gateway")];
    await sendReport(a, -1, 4);
    await sendReport(b, -3, 0);
    await sendReport(dead, -30, 0);
    await database.db.write(platformScope, (tx) =>
      recordConditions(
        tx,
        [
          {
            subject: `tenant:${acme.tenantId}`,
            type: GATEWAY_CONDITIONS.onFallback,
            tenantId: acme.tenantId,
            status: "true",
            reason: "no_node",
            message: "The base model answers.",
          },
        ],
        at(-5),
      ),
    );
    const traffic = await read();
    expect(traffic).toMatchObject({ isStale: false, asOf: at(-1).toISOString(), gateways: { live: 2, known: 3 } });
    expect(traffic.totals).toMatchObject({
      inFlight: { value: 4, source: "measured", coverage: { seen: 2, of: 3 } },
      queued: { value: 4 },
      oldestWaitMs: { value: 700 },
      requestsPerMinute: { value: 7 / 5 },
      p95Ms: { value: asShown(1_000) },
      shed: { value: 1 },
      fallbacks: { value: 1 },
      failed: { value: 1 },
    });
    const node = traffic.nodes.find(({ nodeId }) => nodeId === acme.nodeId);
    expect(node).toMatchObject({
      reachable: { by: 2, of: 2 },
      adaptersInFlight: { value: 1 },
      adapters: [{ label: "support v3 of acme", inFlight: 4 }],
      slots: 12,
      requestsPerMinute: { value: 6 / 5 },
    });
    expect(traffic.nodes.find(({ nodeId }) => nodeId === other.nodeId)?.inFlight.value).toBeNull();
    expect(traffic.tenants).toMatchObject([
      {
        slug: "acme",
        inFlight: { value: 4 },
        tokensPerSecond: { value: (7 * 30) / 300 },
        onFallback: { since: at(-5).toISOString(), sentence: "The base model answers." },
      },
    ]);
    clock.advance(10_000);
    expect(await read()).toMatchObject({
      isStale: true,
      totals: { inFlight: { value: null } },
      gateways: { live: 0, known: 3 },
    });
  });
});
