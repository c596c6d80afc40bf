import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { healthOfTenants } from "#lib/alerting/health/health.ts";
import { systemActor } from "#lib/identity/actor.ts";
import { type Deps, readCtx, systemWrite } from "#lib/identity/ctx.ts";
import type { ChartMetric } from "#lib/metrics/browser/chart-metrics.ts";
import { recentEvents } from "#lib/metrics/marks/events.ts";
import { recordAnnotation } from "#lib/metrics/marks/record-annotation.ts";
import type { ChartQuery } from "#lib/metrics/schema.ts";
import { SCRAPE_LOOP } from "#lib/metrics/scrape/scraper.ts";
import * as seed from "#lib/metrics/testing/seed-catalog.ts";
import { createTestScraper } from "#lib/metrics/testing/test-scraper.ts";
import { manualClock } from "#lib/platform/clock.ts";
import type { Tx } from "#lib/platform/db.ts";
import { newId } from "#lib/platform/ids.ts";
import { createLease } from "#lib/platform/lease.ts";
import { silentLog } from "#lib/platform/log.ts";
import { createOutbound } from "#lib/platform/outbound.ts";
import { platformScope, type Scope, tenantScope } from "#lib/platform/scope.ts";
import { createSecrets } from "#lib/platform/secrets.ts";
import { createTestDatabase, type TestDatabase } from "#lib/platform/testing/test-database.ts";
import { readChart } from "./charts/read-chart.ts";
import { makeTrace } from "./testing/make-trace.ts";
import { asShown } from "./testing/make-usage.ts";
import { recordRequests } from "./testing/record-requests.ts";
import type { RequestTrace } from "./trace/trace.ts";
import type { GatewayReport } from "./traffic/gateway-report.ts";
import { upsertGateway } from "./traffic/gateway-store.ts";

const START = new Date("2026-11-24T12:00:00.000Z");
let database: TestDatabase;
let deps: Deps;
let clock: ReturnType<typeof manualClock>;

/** A node's /metrics whose counters the test moves. */
type FakeNode = { url: string; text: string; status: number; asked: string[]; server: Server };
async function startNode(): Promise<FakeNode> {
  const node: FakeNode = { url: "", text: "", status: 200, asked: [], server: createServer() };
  node.server.on("request", (request, response) => {
    node.asked.push(request.headers.authorization ?? "");
    response.writeHead(node.status, { "content-type": "text/plain", "x-switchyard-simulated": "1" });
    response.end(node.text);
  });
  await new Promise<void>((done) => node.server.listen(0, "127.0.0.1", done));
  node.url = `http://127.0.0.1:${(node.server.address() as AddressInfo).port}`;
  return node;
}

const metricsText = (counts: { requests: number; fast: number; slow: number; evictions?: number }) =>
  [
    `vllm:request_success_total{engine="0"} ${counts.requests}`,
    `vllm:generation_tokens_total{engine="0"} ${counts.requests}`,
    `vllm:e2e_request_latency_seconds_bucket{le="0.5"} ${counts.fast}`,
    `vllm:e2e_request_latency_seconds_bucket{le="1"} ${counts.fast + counts.slow}`,
    `vllm:e2e_request_latency_seconds_bucket{le="+Inf"} ${counts.fast + counts.slow}`,
    ...(counts.evictions === undefined ? [] : [`switchyard_lora_evictions_total{tier="gpu"} ${counts.evictions}`]),
    "process_start_time_seconds 1700000000",
    "",
  ].join("\n");

const as = <T>(scope: Scope, query: (ctx: Parameters<Parameters<typeof readCtx<T>>[2]>[0]) => Promise<T>) =>
  readCtx(deps, { actor: systemActor("test"), scope, requestId: newId("request") }, query);
const chart = (metric: ChartMetric, query: ChartQuery = {}, scope: Scope = platformScope) =>
  as(scope, (ctx) => readChart(ctx, metric, query));
const valuesOf = (points: readonly [string, number | null][]) =>
  points.map(([, value]) => value).filter((v) => v !== null);

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());
beforeEach(() => {
  clock = manualClock(START);
  deps = {
    db: database.db,
    clock,
    log: silentLog,
    secrets: createSecrets("ab".repeat(32)),
    outbound: createOutbound(),
    adapterStore: "/nowhere",
    gatewayUrl: "http://127.0.0.1:1",
  };
});

describe("the scrape loop", () => {
  it("charts what nodes export, leaves unknown what they do not, and survives a change of scraper", async () => {
    const [rich, plain] = [await startNode(), await startNode()];
    const poolId = await seed.seedPool(database.db);
    const richId = await seed.seedNode(database.db, { poolId, name: "rich", baseUrl: rich.url, seenAt: START });
    await seed.seedNode(database.db, { poolId, name: "plain", baseUrl: plain.url, seenAt: START });
    await database.db.write(platformScope, ({ client }) =>
      client.node.update({
        where: { id: richId },
        data: { sealedKey: deps.secrets.seal("node-key", `Node.sealedKey:${richId}`) },
      }),
    );
    const lease = createLease(database.db, { name: SCRAPE_LOOP, holder: "test", ttlMs: 60_000 });
    const term = (await lease.acquire()) ?? 0n;
    const signal = new AbortController().signal;
    const tick = async (scraper: ReturnType<typeof createTestScraper>, requests: number) => {
      rich.text = metricsText({ requests, fast: requests, slow: 0, evictions: requests / 10 });
      plain.text = metricsText({ requests, fast: 0, slow: requests });
      clock.advance(10_000);
      await scraper.tick({ signal, term });
    };
    const first = createTestScraper(deps);
    await tick(first, 1000);
    await tick(first, 1010);
    const second = createTestScraper(deps);
    await tick(second, 1020);
    expect(rich.asked[0]).toBe("Bearer node-key");

    const throughput = await chart("throughput", { poolId });
    expect(valuesOf(throughput.series[0]?.points ?? [])).toEqual([2]); // 10 in 10 s on each of two nodes
    expect(throughput).toMatchObject({
      simulated: true,
      coverage: { seen: 2, of: 2 },
      source: "measured",
      unit: "tok/s",
    });
    expect(throughput.asOf).toBe(new Date(START.getTime() + 30_000).toISOString());
    const evictions = await chart("evictions", { poolId });
    expect(evictions.series.map((series) => [series.key, ...valuesOf(series.points)])).toEqual([
      ["gpu", 6],
      ["cpu", 0],
    ]);
    expect(evictions.coverage).toEqual({ seen: 1, of: 2 });
    expect(evictions.note).toContain("Unknown for plain");
    const swaps = await chart("swap-source", { poolId });
    expect(swaps.series.flatMap((series) => valuesOf(series.points))).toEqual([]);
    expect(swaps.coverage).toEqual({ seen: 0, of: 2 });

    plain.status = 500;
    rich.text = "<html>";
    clock.advance(10_000);
    await second.tick({ signal, term });
    const rows = await database.db.read(
      platformScope,
      ({ client }) => client.$queryRaw`SELECT error, at FROM metrics.node_look ORDER BY error`,
    );
    // what each said last stays known beside what went wrong since
    const lastGood = new Date(START.getTime() + 30_000);
    expect(rows).toEqual([
      { error: "/metrics answered 500", at: lastGood },
      { error: "line 1: the document ends in the middle of a line", at: lastGood },
    ]);

    await lease.release(term);
    await createLease(database.db, { name: SCRAPE_LOOP, holder: "other", ttlMs: 60_000 }).acquire();
    await expect(second.tick({ signal, term })).rejects.toThrow(/took over/);
    rich.server.close();
    plain.server.close();
  });
});

const trace = (change: Partial<RequestTrace>): RequestTrace => {
  const now = clock.now();
  const times = { arrivedAt: now, dispatchedAt: now, firstByteAt: now, endedAt: now };
  return makeTrace({ id: newId("request"), simulated: true, ...times, ...change });
};

async function liveTenant(slug: string, fallback: "base_model" | "reject" = "base_model") {
  const { db } = database;
  const poolId = await seed.seedPool(db);
  const tenantId = await seed.seedTenant(db, { slug, fallback });
  const adapterId = await seed.seedAdapter(db, { tenantId, poolId, slug: "support", isDefault: true });
  const loraName = `${slug}--support--v1-0123456789ab`;
  const versionId = await seed.seedVersion(db, { tenantId, adapterId, number: 1, loraName });
  const nodeIds: string[] = [];
  for (const name of [`${slug}-a`, `${slug}-b`]) {
    const nodeId = await seed.seedNode(db, { poolId, name, baseUrl: `http://${name}.test`, seenAt: START });
    await seed.seedRoutable(db, { tenantId, versionId, nodeId, loraName, at: START });
    nodeIds.push(nodeId);
  }
  await seed.pointRoute(db, adapterId, { liveVersionId: versionId, liveSince: START });
  return { poolId, tenantId, adapterId, versionId, loraName, nodeIds };
}

describe("charts of a tenant", () => {
  it("are their own, at most 5 % off, and know a gap from a zero", async () => {
    const acme = await liveTenant("acme");
    const other = await liveTenant("other");
    const arrivedAt = new Date(START.getTime() - 170_000); // 11:57:10
    const of = (tenant: typeof acme, ms: number, change: Partial<RequestTrace> = {}) =>
      trace({
        tenantId: tenant.tenantId,
        adapterId: tenant.adapterId,
        arrivedAt,
        endedAt: new Date(arrivedAt.getTime() + ms),
        ...change,
      });
    const batch = [
      ...[100, 200, 300, 400].map((ms) => of(acme, ms)),
      of(acme, 500, { via: "origin" }), // what the route asks for before anything is live: no fallback
      of(acme, 10, { via: "base_model", fallbackReason: "no_node" }),
      of(acme, 5, { status: 503, via: null }),
      of(acme, 999, { kind: "eval" }),
      of(other, 9000),
    ];
    await recordRequests(database.db, batch);
    const scope = tenantScope(acme.tenantId);
    const latency = await chart("latency", {}, scope);
    expect(latency.series.map((series) => [series.key, ...valuesOf(series.points)])).toEqual([
      ["p50", asShown(200)],
      ["p95", asShown(500)],
      ["p99", asShown(500)],
    ]);
    expect(await chart("latency", { tenantId: acme.tenantId })).toMatchObject({
      series: latency.series,
      coverage: null,
    });
    const own = (await chart("requests", {}, scope)).series;
    expect(own.map(({ label }) => label)).toEqual(["Customers"]); // nothing of what their provider asks
    const requests = own[0]?.points ?? [];
    const at = requests.findIndex(([start]) => start === "2026-11-24T11:57:00.000Z");
    expect(requests.slice(at - 1).map(([, value]) => value)).toEqual([null, 7, 0, 0]);
    const all = (await chart("requests", { tenantId: acme.tenantId })).series;
    expect(all.map(({ label, points }) => [label, points[at]?.[1]])).toEqual([
      ["Customers", 7],
      ["Evaluation", 1],
    ]);
    expect(valuesOf((await chart("fallback-share", {}, scope)).series[0]?.points ?? [])).toEqual([1 / 6]);
    expect(valuesOf((await chart("errors", {}, scope)).series[0]?.points ?? [])).toEqual([1 / 7]);
    await expect(chart("evictions", {}, scope)).rejects.toMatchObject({ code: "forbidden" });
    await expect(chart("latency", { tenantId: other.tenantId }, scope)).rejects.toMatchObject({ code: "not_found" });
    await expect(chart("latency", { nodeId: acme.nodeIds[0] }, scope)).rejects.toMatchObject({ code: "not_found" });
    await expect(chart("evictions", { tenantId: acme.tenantId })).rejects.toMatchObject({ reason: "not_per_tenant" });
    const onNode = await chart("errors", { nodeId: acme.nodeIds[0] });
    expect(valuesOf(onNode.series[0]?.points ?? [])).toEqual([]); // the trace names no node
  });

  it("is as current as the gateway was heard, also of who asked for nothing since", async () => {
    const { tenantId, adapterId } = await liveTenant("quiet");
    const scope = tenantScope(tenantId);
    const endedAt = new Date(START.getTime() - 600_000);
    await recordRequests(database.db, [trace({ tenantId, adapterId, arrivedAt: endedAt, endedAt })]);
    const report: GatewayReport = {
      ...{ pools: [], nodes: [], tenants: [], openVersions: [], snapshotAt: null, tracesPending: 0 },
    };
    const hear = (seenAt: Date) =>
      database.db.write(platformScope, (tx) =>
        upsertGateway(tx, { id: "gw_1", startedAt: seenAt, seenAt, snapshotAt: null, report }),
      );
    await hear(new Date(START.getTime() - 60_000));
    expect((await chart("latency", {}, scope)).asOf).toBe(endedAt.toISOString());
    await hear(START);
    expect((await chart("latency", {}, scope)).asOf).toBe(START.toISOString());
    expect((await chart("latency", { tenantId })).asOf).toBe(START.toISOString());
    const reads = as(scope, ({ tx }) => tx.client.gatewayInstance.findMany());
    await expect(reads).rejects.toThrow(/denied|permission/i);
  });
});

describe("marks", () => {
  it("joins what the fleet did and what rooms recorded, and shows a customer only their own", async () => {
    const acme = await liveTenant("marked");
    const nodeId = acme.nodeIds[0] ?? "";
    await database.db.write(platformScope, ({ client }) =>
      client.loadEvent.createMany({
        data: [
          { kind: "load", outcome: "ok", tenantId: acme.tenantId, versionId: acme.versionId, loraName: acme.loraName },
          { kind: "probe", outcome: "ok", tenantId: acme.tenantId },
          { kind: "restart", outcome: "noted" },
        ].map((event, index) => ({
          id: newId("loadEvent"),
          nodeId,
          message: "",
          at: new Date(START.getTime() + index * 1000),
          ...event,
        })),
      }),
    );
    clock.advance(10_000);
    await systemWrite(deps, "cutover", (ctx) =>
      recordAnnotation(ctx, {
        kind: "cutover",
        title: "support of marked: v1",
        tenantId: acme.tenantId,
        ref: { type: "cutover", id: "cut_1" },
      }),
    );
    const seen = await as(platformScope, (ctx) =>
      recentEvents(ctx, { within: { nodeIds: [nodeId], poolIds: [acme.poolId] }, limit: 10 }),
    );
    expect(seen.map((mark) => [mark.kind, mark.title])).toEqual([
      ["cutover", "support of marked: v1"],
      ["restart", "marked-a restarted"],
      ["load", "support v1 of marked loaded on marked-a"],
    ]);
    const own = await as(tenantScope(acme.tenantId), (ctx) => recentEvents(ctx, { limit: 10 }));
    expect(own.map((mark) => mark.kind)).toEqual(["cutover"]);
    const stranger = await seed.seedTenant(database.db, { slug: "stranger" });
    expect(await as(tenantScope(stranger), (ctx) => recentEvents(ctx, { tenantId: acme.tenantId, limit: 10 }))).toEqual(
      [],
    );
  });
});

describe("health", () => {
  const healthOf = async (tenantId: string, scope: Scope = platformScope) =>
    (await as(scope, (ctx) => healthOfTenants(ctx, [tenantId]))).get(tenantId);

  it("follows the nodes, the requests and the clock", async () => {
    const { tenantId, nodeIds, adapterId } = await liveTenant("watched");
    const { db } = database;
    expect(await healthOf(tenantId)).toMatchObject({
      state: "healthy",
      sentence: "support version 1 is served from 2 of 2 nodes.",
      since: START.toISOString(),
      checkedAt: START.toISOString(),
      routes: [{ adapterId, routableNodes: 2, liveVersionNumber: 1, p95Ms: null, fallbackShare: null }],
    });
    expect(await healthOf(tenantId, tenantScope(tenantId))).toMatchObject({
      state: "healthy",
      sentence: "support version 1 is served.",
      routes: [{ routableNodes: null }],
    });
    await seed.loseNode(db, nodeIds[0] ?? "", clock.now());
    expect(await healthOf(tenantId)).toMatchObject({ state: "degraded", reasons: [{ code: "node_down" }] });
    await seed.loseNode(db, nodeIds[1] ?? "", clock.now());
    expect((await healthOf(tenantId))?.state).toBe("on_fallback");
    expect((await healthOf(tenantId, tenantScope(tenantId)))?.state).toBe("on_fallback");
    await recordRequests(db, [
      trace({ tenantId, adapterId, via: null, status: 503 }),
      trace({ tenantId, adapterId, via: null, status: 503 }),
    ]);
    expect(await healthOf(tenantId)).toMatchObject({ state: "not_serving", since: START.toISOString() });
  });

  it("knows what would stand in, an origin that serves, and what was set by hand", async () => {
    const { tenantId, nodeIds, adapterId } = await liveTenant("moving");
    const { db } = database;
    const write = (change: (client: Tx["client"]) => Promise<unknown>) =>
      db.write(platformScope, ({ client }) => change(client));
    for (const nodeId of nodeIds) await seed.loseNode(db, nodeId, clock.now());
    const endpointId = newId("endpoint");
    await write((client) =>
      client.endpoint.create({ data: { id: endpointId, name: "moving-own", baseUrl: "https://own.test/v1" } }),
    );
    const sentence = async () => (await healthOf(tenantId))?.sentence;
    await write((client) => client.tenant.update({ where: { id: tenantId }, data: { fallback: "hosted_provider" } }));
    expect(await sentence()).toContain("requests go to the base model"); // none is set
    await write((client) => client.tenant.update({ where: { id: tenantId }, data: { hostedEndpointId: endpointId } }));
    expect(await sentence()).toContain("requests go to a hosted provider");

    const expiresAt = new Date(clock.now().getTime() + 600_000);
    const control = {
      kind: "cordon" as const,
      reason: "fan broken",
      startedBy: "ops",
      startedAt: clock.now(),
      expiresAt,
    };
    await write(async (client) => {
      await client.node.update({ where: { id: nodeIds[0] ?? "" }, data: { cordoned: true } });
      await client.control.create({ data: { id: newId("control"), nodeId: nodeIds[0] ?? "", ...control } });
      await client.control.create({ data: { id: newId("control"), ...control, kind: "freeze" } });
    });
    expect((await healthOf(tenantId))?.reasons).toEqual([
      expect.objectContaining({
        code: "control_cordon",
        message: expect.stringContaining("moving-a is cordoned until"),
      }),
      expect.objectContaining({ code: "node_down" }),
    ]);
    expect(JSON.stringify(await healthOf(tenantId, tenantScope(tenantId)))).not.toContain("fan broken");

    await write((client) =>
      client.route.update({ where: { adapterId }, data: { liveVersionId: null, originEndpointId: endpointId } }),
    );
    await recordRequests(db, [trace({ tenantId, adapterId, via: "origin" })]);
    expect(await healthOf(tenantId)).toMatchObject({ state: "healthy", sentence: "support is served by its origin." });
    expect(await healthOf(tenantId, tenantScope(tenantId))).toMatchObject({ state: "healthy" });
  });

  it("is unknown when nobody has looked, and never somebody else's to see", async () => {
    const { tenantId } = await liveTenant("unseen");
    clock.advance(60_000);
    expect(await healthOf(tenantId)).toMatchObject({ state: "unknown" });
    const stranger = await seed.seedTenant(database.db, { slug: "stranger-2" });
    expect(await healthOf(tenantId, tenantScope(stranger))).toBeUndefined();
    expect(await healthOf(stranger)).toMatchObject({ state: "not_live_yet", sentence: "No adapter yet." });
  });
});
