import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ObservedCondition, recordConditions } from "#lib/metrics/conditions/record-condition.ts";
import * as seed from "#lib/metrics/testing/seed-catalog.ts";
import { newId } from "#lib/platform/ids.ts";
import { platformScope, tenantScope } from "#lib/platform/scope.ts";
import { createTestDatabase, type TestDatabase } from "#lib/platform/testing/test-database.ts";
import { makeUsage } from "../testing/make-usage.ts";
import { recordGatewayReport, removeGateway } from "../traffic/record-gateway-report.ts";
import { recordUsage } from "./record-usage.ts";

const NOON = new Date("2026-11-25T12:00:00.000Z");
const later = (seconds: number) => new Date(NOON.getTime() + seconds * 1000);
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

describe("recordUsage", () => {
  it("replaces a minute's row by its newer count, and a late older one changes nothing", async () => {
    const tenantId = await seed.seedTenant(database.db, { slug: "usage" });
    const other = await seed.seedTenant(database.db, { slug: "usage-other" });
    await recordUsage(database.db, [
      makeUsage({ tenantId }),
      makeUsage({ tenantId, instanceId: "gwy_b" }),
      makeUsage({ tenantId: other }),
    ]);
    const newer = [makeUsage({ tenantId, requests: 5, promptTokens: 3_000_000_000, latency: { 70: 4, 71: 1 } })];
    await recordUsage(database.db, newer);
    await recordUsage(database.db, newer);
    await recordUsage(database.db, [makeUsage({ tenantId, requests: 2 })]);
    await recordUsage(database.db, []);
    const rows = await database.db.read(tenantScope(tenantId), ({ client }) =>
      client.usageMinute.findMany({ orderBy: { instanceId: "asc" } }),
    );
    expect(rows.map((row) => [row.instanceId, row.requests, row.promptTokens, row.latency])).toEqual([
      ["gwy_a", 5, 3_000_000_000n, { 70: 4, 71: 1 }],
      ["gwy_b", 1, 0n, {}],
    ]);
  });
});

describe("recordGatewayReport", () => {
  it("keeps one row a gateway, which goes when it stops", async () => {
    const id = newId("gateway");
    const report = { nodes: [], pools: [], tenants: [], snapshotAt: null, tracesPending: 0, openVersions: [] };
    const rows = () =>
      database.db.read(platformScope, ({ client }) => client.gatewayInstance.findMany({ where: { id } }));
    await recordGatewayReport(database.db, { id, startedAt: NOON }, report, later(2));
    await recordGatewayReport(
      database.db,
      { id, startedAt: NOON },
      { ...report, snapshotAt: NOON.toISOString() },
      later(4),
    );
    expect(await rows()).toMatchObject([{ seenAt: later(4), snapshotAt: NOON }]);
    await removeGateway(database.db, id);
    await removeGateway(database.db, id);
    expect(await rows()).toEqual([]);
  });
});

describe("recordConditions", () => {
  const one = (change: Partial<ObservedCondition> = {}): ObservedCondition => ({
    subject: "tenant:ten_x",
    type: "OnFallback",
    tenantId: null,
    status: "true",
    reason: "no_node",
    message: "m",
    ...change,
  });
  const record = (condition: ObservedCondition, seconds: number, yields = false) =>
    database.db.write(platformScope, (tx) => recordConditions(tx, [condition], later(seconds), { yields }));
  const kept = async (type = "OnFallback") => {
    const row = await database.db.read(platformScope, ({ client }) =>
      client.serviceCondition.findUniqueOrThrow({ where: { subject_type: { subject: "tenant:ten_x", type } } }),
    );
    const seconds = (at: Date) => (at.getTime() - NOON.getTime()) / 1000;
    return [row.status, row.reason, seconds(row.lastTransitionTime), seconds(row.observedAt)];
  };

  it("moves the transition with the status only", async () => {
    await record(one(), 0);
    await record(one({ reason: "saturated" }), 30);
    expect(await kept()).toEqual(["true", "saturated", 0, 30]);
    await record(one({ status: "false", reason: "own_answers" }), 60);
    expect(await kept()).toEqual(["false", "own_answers", 60, 60]);
  });

  it("lets trouble that another process renews stand against one that never saw it", async () => {
    await record(one(), 100);
    await record(one({ status: "false" }), 110, true);
    expect(await kept()).toEqual(["true", "no_node", 100, 100]);
    await record(one({ status: "unknown" }), 190, true);
    expect((await kept())[0]).toBe("unknown");
    const node = { type: "GatewayReachable" };
    await record(one({ ...node, status: "false" }), 200);
    await record(one({ ...node, status: "true" }), 210, true);
    expect((await kept(node.type))[0]).toBe("false");
    await record(one({ ...node, status: "true" }), 220);
    expect((await kept(node.type))[0]).toBe("true");
  });
});
