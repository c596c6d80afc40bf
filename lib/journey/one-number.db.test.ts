import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pitfallTurn } from "#lib/planner/loop.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { FINDING_LOOP } from "#lib/telemetry/findings/record-finding.ts";
import { recordTraces } from "#lib/telemetry/record-traces.ts";
import { type AlertWorld, createAlertWorld } from "#lib/telemetry/testing/alert-world.ts";
import { deriveOnce } from "#lib/telemetry/testing/derived-world.ts";
import { makeTrace } from "#lib/telemetry/testing/make-trace.ts";
import * as seed from "#lib/telemetry/testing/seed-catalog.ts";
import type { RequestTrace } from "#lib/telemetry/trace.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const TENANTS = 14;
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
    const isLate = traces.length % TENANTS < 3 && ms > 6 * MINUTE;
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
  await recordTraces(db, traces);
  await world.reach("true");
  await deriveOnce(world.api.deps);
  await world.countRequests();
  await world.look();
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
      sentence: Number(/(\d+) adapters from its GPU slots/.exec(alert.sentence)?.[1]),
    }).toEqual({ finding: told, chart: told, swaps: told, sentence: told });
  });
});
