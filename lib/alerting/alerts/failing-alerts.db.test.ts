import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { newId } from "#lib/platform/ids.ts";
import { makeTrace } from "#lib/requests/testing/make-trace.ts";
import { recordRequests } from "#lib/requests/testing/record-requests.ts";
import { type AlertWorld, createAlertWorld } from "../testing/alert-world.ts";

let world: AlertWorld;
beforeAll(async () => {
  world = await createAlertWorld();
});
afterAll(() => world.close());
beforeEach(() => world.reset());

/** So many requests of the tenant that end now, of which the first ones fail. */
const ask = (howMany: number, failed: number) => {
  const { tenantId, adapterId } = world;
  const now = world.clock.now();
  const timed = { arrivedAt: new Date(now.getTime() - 200), endedAt: now };
  const error = { status: 502, reason: "node_failed" };
  return recordRequests(
    world.api.deps.db,
    Array.from({ length: howMany }, (_, index) =>
      makeTrace({ id: newId("request"), tenantId, adapterId, ...timed, ...(index < failed ? error : {}) }),
    ),
  );
};
/** Evaluates twice, as far apart as an alert needs to fire. */
async function evaluate() {
  await world.evaluate();
  world.clock.advance(31_000);
  await world.evaluate();
}
const failing = async () => (await world.list()).filter(({ rule }) => rule === "requests_failing");

it("errors of a tenant without an objective fire an alert with the commonest error and the next step", async () => {
  await ask(20, 8);
  await evaluate();
  const [alert, ...others] = await failing();
  expect(others).toEqual([]);
  expect(alert).toMatchObject({ state: "firing", severity: "warning", subject: { type: "tenant", name: "acme" } });
  expect(alert?.sentence).toMatch(/^acme gets an error for 40 % of its requests since .*8 requests/);
  const shown = await world.api.admin.call("GET /alerts/{alertId}", { params: { alertId: alert?.id ?? "" } });
  expect(shown).toMatchObject({
    cause: { sentence: expect.stringContaining('"node_failed"') },
    evidence: { metric: "errors", threshold: 0.1, figure: { value: 0.4, source: "measured" } },
    actions: expect.arrayContaining([
      expect.objectContaining({ href: `/requests?tenant=${world.tenantId}&outcome=failed` }),
    ]),
  });
});

it("is critical when half of them fail, and over once few do", async () => {
  await ask(10, 10);
  await evaluate();
  expect(await failing()).toMatchObject([{ severity: "critical" }]);
  world.clock.advance(10 * 60_000);
  await ask(100, 1);
  await world.evaluate();
  world.clock.advance(121_000);
  await ask(100, 1);
  await world.evaluate();
  expect(await failing()).toMatchObject([{ state: "resolved" }]);
});

it("a few errors, or a share below the limit, fire no alert", async () => {
  await ask(4, 4);
  await evaluate();
  await ask(200, 5);
  await evaluate();
  expect(await failing()).toEqual([]);
});

it("where an availability objective exists, only its own alerts fire", async () => {
  const body = { tenantId: world.tenantId, kind: "availability" as const, target: 0.99, windowDays: 7 as const };
  await world.api.admin.call("POST /objectives", { body });
  await ask(20, 20);
  await world.countRequests();
  await evaluate();
  expect(await failing()).toEqual([]);
});
