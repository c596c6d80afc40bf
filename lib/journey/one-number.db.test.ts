import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { forecastText } from "#lib/alerting/browser/forecast-text.ts";
import { FINDING_LOOP } from "#lib/alerting/findings/record-finding.ts";
import { type AlertWorld, createAlertWorld } from "#lib/alerting/testing/alert-world.ts";
import * as seed from "#lib/metrics/testing/seed-catalog.ts";
import { pitfallTurn } from "#lib/planner/loop.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { deriveOnce } from "#lib/requests/testing/derived-world.ts";
import { makeTrace } from "#lib/requests/testing/make-trace.ts";
import { recordRequests } from "#lib/requests/testing/record-requests.ts";
import type { RequestTrace } from "#lib/requests/trace/trace.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const TENANTS = 14;
/** Tenants of them whose replies take too long towards the end. */
const LATE = 3;
let world: AlertWorld;
const tenantIds: string[] = [];

/** Fourteen tenants on a node of twelve slots that counts nothing itself, as everything sees it at 12:10:47. */
beforeAll(async () => {
  world = await createAlertWorld();
  const { db } = world.api.deps;
  const { poolId, nodeId, clock } = world;
  const start = clock.now();
  await db.write(platformScope, ({ client }) =>
    client.node.updateMany({ data: { createdAt: new Date(start.getTime() - 60 * MINUTE) } }),
  );
  const asked: Partial<RequestTrace>[] = [];
  for (let index = 0; index < TENANTS; index += 1) {
    const tenantId = await seed.seedTenant(db, { slug: `tenant-${index}` });
    const adapterId = await seed.seedAdapter(db, { tenantId, poolId, slug: "bot" });
    const loraName = `tenant-${index}--bot--v1-000000000000`;
    const versionId = await seed.seedVersion(db, { tenantId, adapterId, number: 1, loraName });
    await seed.pointRoute(db, adapterId, { liveVersionId: versionId });
    await seed.seedRoutable(db, { tenantId, versionId, nodeId, loraName, at: start });
    tenantIds.push(tenantId);
    asked.push({ tenantId, adapterId, versionId, loraName });
  }
  clock.advance(10 * MINUTE + 47 * SECOND);
  // busier towards the end, so that no two windows hold the same number
  const traces: RequestTrace[] = [];
  for (let ms = 0; ms < 10 * MINUTE + 40 * SECOND; ms += 3 * SECOND - Math.floor(ms / 300)) {
    const arrivedAt = new Date(start.getTime() + ms);
    const isLate = traces.length % TENANTS < LATE && ms > 6 * MINUTE;
    traces.push(
      makeTrace({
        id: `req_${ms}`,
        nodeId,
        simulated: true,
        ...(asked[traces.length % TENANTS] ?? {}),
        ...{ arrivedAt, dispatchedAt: arrivedAt, expectedTier: "cpu" },
        endedAt: new Date(arrivedAt.getTime() + (isLate ? 2_500 : 200)),
      }),
    );
  }
  // a budget is not said to burn over days from the first minutes
  const before = new Date(start.getTime() - 7 * 60 * MINUTE);
  traces.push(makeTrace({ id: "req_before", ...asked[0], arrivedAt: before, dispatchedAt: before, endedAt: before }));
  await recordRequests(db, traces);
  await world.reach("true");
  const promise = { kind: "latency_p95" as const, target: 1_000, windowDays: 7 as const };
  await world.api.admin.call("POST /objectives", { body: { ...promise, poolId } });
  await world.api.admin.call("POST /objectives", { body: { ...promise, tenantId: tenantIds[0] ?? "" } });
  await deriveOnce(world.api.deps);
  await world.countRequests();
  await world.evaluate();
  await world.withTerm(FINDING_LOOP, (term) =>
    pitfallTurn(world.api.deps, { term, signal: new AbortController().signal }),
  );
});
afterAll(() => world.close());

describe("at one moment", () => {
  it("alert, finding, chart and swaps count the same evictions", async () => {
    const { admin } = world.api;
    const { nodeId } = world;
    const alert = await world.only("evictions");
    const [finding] = (await admin.call("GET /findings", { query: { nodeId, pitfall: "eviction_thrash" } })).items;
    const swaps = await admin.call("GET /nodes/{nodeId}/swaps", { params: { nodeId }, query: { minutes: 5 } });
    const chart = await admin.call("GET /charts/{metric}", {
      params: { metric: "evictions" },
      query: { nodeId, from: swaps.from, to: swaps.to },
    });
    const points = chart.series.find(({ key }) => key === "gpu")?.points ?? [];
    const drawn = points.reduce((sum, [, value]) => sum + (value ?? 0), 0);
    const told = alert.evidence.figure?.value ?? 0;
    expect(told).toBeGreaterThan(50);
    expect({
      finding: finding?.evidence[0]?.figure.value,
      chart: drawn,
      swaps: swaps.evictions.gpu.value,
      sentence: Number(/(\d+) adapters from GPU slots/.exec(alert.sentence)?.[1]),
    }).toEqual({ finding: told, chart: told, swaps: told, sentence: told });
  });

  it("a forecast is rounded once", async () => {
    const query = { nodeId: world.nodeId, pitfall: "eviction_thrash" as const };
    const [finding] = (await world.api.admin.call("GET /findings", { query })).items;
    if (!finding?.forecast) throw new Error("nothing is predicted");
    expect(finding.sentence).toContain(`predicted ${forecastText(finding.forecast)}`);
  });

  it("sentence, list and page name the same tenants as affected: those with late requests because of it", async () => {
    const alert = await world.only("evictions");
    const detail = await world.api.admin.call("GET /alerts/{alertId}", { params: { alertId: alert.id } });
    expect(alert.tenants).toBe(LATE);
    expect(alert.sentence).toContain(`${LATE} tenants affected: ${alert.requests} requests late`);
    expect(detail).toMatchObject({ tenants: LATE, requests: alert.requests, sentence: alert.sentence });
    expect(detail.hit.map(({ id }) => id).sort()).toEqual(tenantIds.slice(0, LATE).sort());
    expect(detail.hit.reduce((sum, { requests }) => sum + (requests?.value ?? 0), 0)).toBe(alert.requests);
  });

  it("the badge counts the alerts that the list shows as firing", async () => {
    const list = await world.api.admin.call("GET /alerts", { query: { limit: 200 } });
    const firing = list.items.filter(({ state }) => state === "firing");
    expect(firing.length).toBeGreaterThan(1);
    expect((await world.api.admin.call("GET /alerts", { query: { limit: 1 } })).firing).toBe(firing.length);
    expect(list.firing).toBe(firing.length);
  });

  it("nobody is healthy beside a missed objective", async () => {
    const { admin } = world.api;
    const { items: objectives } = await admin.call("GET /objectives", { query: { status: "accepted", limit: 200 } });
    expect(objectives.map(({ state }) => state)).toEqual(["missed", "missed"]);
    const [tenantId = ""] = tenantIds;
    const { items } = await admin.call("GET /health/tenants", { query: { tenantId } });
    const journeys = await admin.call("GET /journey/tenants", { query: { limit: 200 } });
    const journey = journeys.items.find(({ id }) => id === tenantId);
    expect([items[0]?.state, journey?.health.state]).toEqual(["degraded", "degraded"]);
    expect(items[0]?.reasons.map(({ code }) => code)).toContain("objective_missed");
    const { sentence, tenants, inMotion, inMotionTotal } = await admin.call("GET /overview", {});
    expect(inMotion).toHaveLength(Math.min(8, inMotionTotal)); // the list is cut, its count is not
    expect(sentence).toContain("2 objectives are missed.");
    const healthy = journeys.items.filter(({ health }) => health.state === "healthy").length;
    expect(tenants.byHealth.find(({ state }) => state === "healthy")?.count).toBe(healthy);
  });
});
