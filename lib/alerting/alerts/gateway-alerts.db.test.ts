import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { GATEWAY_CONDITIONS, recordConditions } from "#lib/metrics/conditions/record-condition.ts";
import { createLease } from "#lib/platform/lease.ts";
import { platformScope } from "#lib/platform/scope.ts";
import type { GatewayReport } from "#lib/requests/traffic/gateway-report.ts";
import { recordGatewayReport, removeGateway } from "#lib/requests/traffic/record-gateway-report.ts";
import { type AlertWorld, createAlertWorld } from "../testing/alert-world.ts";
import { ALERT_LOOP } from "./last-evaluation.ts";

let world: AlertWorld;
beforeAll(async () => {
  world = await createAlertWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  await world.reset();
  await world.api.deps.db.write(platformScope, async ({ client }) => {
    await client.gatewayInstance.deleteMany();
    await client.serviceCondition.deleteMany();
    await client.lease.deleteMany({ where: { name: ALERT_LOOP } });
  });
});

const report = (id = "gwy_1") => {
  const nothing: GatewayReport = {
    ...{ nodes: [], pools: [], tenants: [], tracesPending: 0, openVersions: [] },
    snapshotAt: world.clock.now().toISOString(),
  };
  return recordGatewayReport(world.api.deps.db, { id, startedAt: world.clock.now() }, nothing, world.clock.now());
};
/** One evaluation of the rules, by a worker that tells when it evaluated. */
async function evaluate() {
  await world.evaluate();
  const lease = createLease(world.api.deps.db, { name: ALERT_LOOP, holder: "w1", ttlMs: 60_000 });
  const term = (await lease.acquire()) ?? 0n;
  const at = world.clock.now();
  await lease.report(term, { at, error: null, note: { evaluatedAt: at.toISOString() } });
  await lease.release(term);
}
/** Evaluates each 10 s. */
async function pass(seconds: number, meanwhile: () => Promise<unknown> = async () => undefined) {
  for (let passed = 0; passed < seconds; passed += 10) {
    world.clock.advance(10_000);
    await world.reach("true");
    await meanwhile();
    await evaluate();
  }
}

it("an installation that never had a gateway wakes nobody", async () => {
  await pass(200);
  expect(await world.states()).toEqual([]);
});

it("no report for a minute is an alert, since the last one, and over once one reports again", async () => {
  await report();
  await evaluate();
  const last = world.clock.now().toISOString();
  await pass(50);
  expect(await world.states()).toEqual([]);
  await pass(20);
  const alert = await world.only("gateway_silent");
  expect(alert).toMatchObject({ state: "firing", severity: "critical", startedAt: last, tenants: 1 });
  expect(alert.sentence).toMatch(
    /^The gateways have stopped reporting since .* UTC\. 1 tenant involved\. Next step: check that/,
  );
  const detail = await world.api.admin.call("GET /alerts/{alertId}", { params: { alertId: alert.id } });
  expect(detail.cause).toMatchObject({
    sentence: expect.stringMatching(
      /^No gateway has reported since .* UTC: none runs, or none reaches the database\.$/,
    ),
    state: "reported",
  });
  await pass(50, report);
  expect((await world.only("gateway_silent")).state).toBe("resolved");
});

it("one of two that goes is no alert, nor is one that is back within a minute", async () => {
  await report("gwy_1");
  await report("gwy_2");
  await evaluate();
  await removeGateway(world.api.deps.db, "gwy_1");
  await pass(120, () => report("gwy_2"));
  expect(await world.states()).toEqual([]);
  await pass(40);
  await pass(40, () => report("gwy_2"));
  expect(await world.states()).toEqual([]);
});

it("a gateway that was stopped, and took its row with it, is missed by what it last told", async () => {
  await report();
  const told = { subject: "gateway", type: GATEWAY_CONDITIONS.snapshotStale, tenantId: null };
  const current = { ...told, status: "false" as const, reason: "current", message: "It is current." };
  await world.api.deps.db.write(platformScope, (tx) => recordConditions(tx, [current], world.clock.now()));
  await evaluate();
  await removeGateway(world.api.deps.db, "gwy_1");
  await pass(80);
  expect(await world.states()).toEqual(["gateway_silent firing"]);
});

it("a worker that was away itself gives the gateway its minute to come back", async () => {
  await report();
  await evaluate();
  world.clock.advance(3_600_000);
  await world.reach("true");
  await evaluate();
  expect(await world.states()).toEqual([]);
  await pass(50);
  expect(await world.states()).toEqual([]);
  await pass(20);
  expect(await world.states()).toEqual(["gateway_silent firing"]);
});
