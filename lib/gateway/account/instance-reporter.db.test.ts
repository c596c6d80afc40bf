import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { manualClock } from "#lib/platform/clock.ts";
import { newId } from "#lib/platform/ids.ts";
import { silentLog } from "#lib/platform/log.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { createTestDatabase, type TestDatabase } from "#lib/platform/testing/test-database.ts";
import type { GatewayReport } from "#lib/requests/traffic/gateway-report.ts";
import { createInstanceReporter, type InstanceReporterOptions, startInstanceReporter } from "./instance-reporter.ts";

const NOON = new Date("2026-11-25T12:00:00.000Z");
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

const calm = (): GatewayReport => ({
  nodes: [{ nodeId: "node_a", isUp: true, breaker: "closed", inFlight: 2, adapters: [], slots: 12 }],
  pools: [{ poolId: "pool_a", queued: 0, oldestWaitMs: null, isSaturated: false, shed: {} }],
  tenants: [],
  snapshotAt: NOON.toISOString(),
  tracesPending: 0,
  openVersions: [],
});

function setUp() {
  const clock = manualClock(NOON);
  const state = { report: calm() };
  const options: InstanceReporterOptions = {
    db: database.db,
    instanceId: newId("gateway"),
    report: () => state.report,
    tenantConditions: () => [],
    now: clock.now,
    log: silentLog,
  };
  return { clock, state, options };
}

const instances = (id: string) =>
  database.db.read(platformScope, ({ client }) => client.gatewayInstance.findMany({ where: { id } }));
const readConditions = () =>
  database.db.read(platformScope, ({ client }) => client.serviceCondition.findMany({ orderBy: { subject: "asc" } }));
const conditions = async () =>
  (await readConditions()).map(({ subject, type, status, reason }) => `${subject} ${type} ${status} ${reason}`);

describe("an instance reporter", () => {
  it("reports its view, and writes conditions when they change and every 30 s", async () => {
    const { clock, state, options } = setUp();
    const reporter = createInstanceReporter(options);
    await reporter.heartbeat();
    expect(await conditions()).toEqual([
      "gateway SnapshotStale false current",
      "node:node_a GatewayReachable true answers",
      "pool:pool_a Saturated false room",
    ]);
    clock.advance(2_000);
    state.report = {
      ...calm(),
      nodes: calm().nodes.map((node) => ({ ...node, isUp: false })),
      pools: [{ poolId: "pool_a", queued: 7, oldestWaitMs: 6_100, isSaturated: true, shed: { queue_full: 1 } }],
    };
    await reporter.heartbeat();
    const [instance] = await instances(options.instanceId);
    expect(instance).toMatchObject({ startedAt: NOON, seenAt: clock.now(), snapshotAt: NOON, report: state.report });
    expect(await conditions()).toEqual([
      "gateway SnapshotStale false current",
      "node:node_a GatewayReachable false no_answer",
      "pool:pool_a Saturated true queue",
    ]);
    clock.advance(2_000);
    state.report = calm();
    await reporter.heartbeat();
    expect(await conditions()).toContain("node:node_a GatewayReachable true answers");
    expect((await readConditions())[0]?.observedAt).toEqual(NOON); // nothing about it changed
    clock.advance(40_000);
    await reporter.heartbeat();
    const [gateway] = await readConditions();
    expect([gateway?.status, gateway?.reason, gateway?.observedAt]).toEqual(["true", "catalog_away", clock.now()]);
  });

  it("registers when it starts, and takes its row away when it stops", async () => {
    const { options } = setUp();
    const reporter = startInstanceReporter(options);
    await vi.waitFor(async () => expect(await instances(options.instanceId)).toHaveLength(1), { timeout: 10_000 });
    await reporter.stop();
    expect(await instances(options.instanceId)).toEqual([]);
  });
});
