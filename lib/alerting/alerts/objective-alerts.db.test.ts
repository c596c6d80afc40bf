import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import * as seed from "#lib/metrics/testing/seed-catalog.ts";
import { newId } from "#lib/platform/ids.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { makeTrace } from "#lib/requests/testing/make-trace.ts";
import { recordRequests } from "#lib/requests/testing/record-requests.ts";
import type { RequestTrace } from "#lib/requests/trace/trace.ts";
import type { CreateObjective } from "../browser/objective-schema.ts";
import { recordFindings, type SeenFinding } from "../findings/record-finding.ts";
import { type AlertWorld, createAlertWorld } from "../testing/alert-world.ts";

const MINUTE = 60_000;
let world: AlertWorld;
beforeAll(async () => {
  world = await createAlertWorld();
});
afterAll(() => world.close());
beforeEach(() => world.reset());

const set = (change: Partial<CreateObjective> = {}) =>
  world.api.admin.call("POST /objectives", {
    body: { tenantId: world.tenantId, kind: "latency_p95", target: 1_200, windowDays: 7, ...change },
  });
/** Requests that arrived so many minutes ago. */
const send = (howMany: number, minutes: number, tookMs: number, change: Partial<RequestTrace> = {}) => {
  const arrivedAt = new Date(world.clock.now().getTime() - minutes * MINUTE);
  const { tenantId, adapterId } = world;
  const timed = { arrivedAt, endedAt: new Date(arrivedAt.getTime() + tookMs), simulated: true };
  return recordRequests(
    world.api.deps.db,
    Array.from({ length: howMany }, () =>
      makeTrace({ id: newId("request"), tenantId, adapterId, ...timed, ...change }),
    ),
  );
};
const evaluate = async () => {
  await world.countRequests();
  await world.evaluate();
};
const show = (alertId: string) => world.api.admin.call("GET /alerts/{alertId}", { params: { alertId } });

it("an hour of slow replies pages, with the promise, how fast it breaks, and how many were slow", async () => {
  const { id } = await set();
  await send(1, 7 * 60, 100);
  await send(20, 50, 3_000);
  await send(30, 3, 3_000, { queuedMs: 2_000 });
  await evaluate();
  const alert = await world.only("burn_fast");
  expect(alert).toMatchObject({
    state: "firing",
    severity: "critical",
    subject: { type: "objective", id, name: "acme" },
  });
  expect(alert.sentence).toMatch(
    /^acme is burning its error budget at 20× over 1 h and 5 min \(objective: 95 of 100 replies within 1.2 s\) since .*\. 1 tenant affected: 30 requests late, failed or on fallback\. 1 related alert\. Next step: check what changed/,
  );
  expect(await show(alert.id)).toMatchObject({
    related: [{ sentence: expect.stringContaining("over 3 d and 6 h") }],
    cause: { state: "unconfirmed", sentence: expect.stringMatching(/^No cause confirmed/) },
    evidence: { metric: "latency", threshold: 1_200, figure: { value: 1, source: "measured", simulated: true } },
    actions: [{ label: "See its requests" }, { href: "/settings/objectives" }],
    hit: [{ name: "acme", requests: { value: 30, unit: "count", source: "measured", simulated: true }, of: 30 }],
    hitCounted: { what: "slow", limitMs: 1_200 },
  });
});

it("slow replies of a pool are counted by tenant and by node, and joined to what was found on the node behind them", async () => {
  await set({ tenantId: undefined, poolId: world.poolId });
  const { db } = world.api.deps;
  const other = await seed.seedNode(db, {
    poolId: world.poolId,
    name: "node-2",
    baseUrl: "http://127.0.0.1:8",
    seenAt: world.clock.now(),
  });
  const found = (nodeId: string, name: string): SeenFinding => ({
    pitfall: "batch_composition",
    severity: "warning",
    subject: { type: "node", id: nodeId, name },
    nodeId,
    tenantId: null,
    body: {
      sentence: `${name}: group its requests.`,
      evidence: [],
      cause: "Its batches mix many adapters.",
      fix: { sentence: "Group them.", command: null, action: null, undo: null },
      forecast: null,
    },
  });
  const seen = [found(world.nodeId, "node-1"), found(other, "node-2")];
  await db.write(platformScope, (tx) =>
    recordFindings(tx, { poolId: world.poolId, at: world.clock.now(), seen, blind: [] }),
  );
  world.clock.advance(MINUTE);
  await world.reach("true");
  await send(1, 2 * 60, 100);
  await send(28, 3, 3_000, { nodeId: world.nodeId });
  await send(2, 3, 3_000, { nodeId: other });
  await send(20, 3, 100, { nodeId: other });
  await send(40, 3, 3_000, { kind: "eval", nodeId: other });
  await evaluate();
  const { id } = await world.only("burn_fast");
  expect(await show(id)).toMatchObject({
    hit: [{ name: "acme", requests: { value: 30 }, of: 50 }],
    hitNodes: [
      { name: "node-1", requests: { value: 28 }, of: 28 },
      { name: "node-2", requests: { value: 2 }, of: 22 },
    ],
    cause: { state: "unconfirmed" },
    findings: [
      { nodeId: world.nodeId, weight: "possible", why: expect.stringContaining("Seen on node-1 since") },
      { nodeId: other, weight: "possible" },
    ],
  });
});

it("late replies beside a gate are put down to the gate, not to evictions that go on all the time", async () => {
  await set({ target: 500 });
  const { nodeId } = world;
  // evictions above the threshold in every minute; a gate and late replies in the last four
  await world.countAt(Array.from({ length: 60 }, (_, index) => [index + 1, 30]));
  for (let minute = 1; minute <= 60; minute += 1) {
    const isGate = minute >= 2 && minute <= 5;
    await send(20, minute, isGate ? 1_000 : 200, { nodeId, expectedTier: "cpu" });
    if (isGate) await send(50, minute, 300, { kind: "eval", nodeId });
  }
  await world.evaluated(5);
  await evaluate();
  world.clock.advance(2 * MINUTE);
  await world.reach("true");
  await send(20, 1, 1_000, { nodeId, expectedTier: "cpu" });
  await evaluate();
  const alert = await show((await world.only("p95_over")).id);
  expect(alert.cause).toMatchObject({
    state: "confirmed",
    sentence: expect.stringMatching(/^Evaluation requests on node-1: [45] of [45] bad minutes, 0 of \d+ good ones\.$/),
  });
  expect(alert.causeId).toBeNull();
  expect(alert.actions).toMatchObject([{ label: "Open evaluations", control: null }]);
  // evictions made no request late that was not late by the gate; who was late is the same wherever it is said
  expect(alert.tenants).toBe(1);
  expect(alert.hit).toMatchObject([{ name: "acme", requests: { value: alert.requests } }]);
});

it.each([
  ["availability", 0.99, "errors", { status: 500, reason: "node_failed" }, { fallbackReason: "no_node" }],
  ["fallback_share", 0.01, "fallback-share", { fallbackReason: "no_node" }, { status: 500, reason: "node_failed" }],
] as const)(
  "a slow loss over days (%s) warns, and does not page; affected are the requests it is about, and no others",
  async (kind, target, metric, bad, others) => {
    await set({ kind, target });
    await send(2_000, 2 * 24 * 60, 100);
    await send(50, 2 * 60, 100, bad);
    await send(7, 2 * 60, 100, others);
    await send(200, 3 * 60, 100);
    await send(900, 40, 100);
    await evaluate();
    expect(await world.states()).toEqual(["burn_slow firing"]);
    const alert = await world.only("burn_slow");
    expect(alert).toMatchObject({
      severity: "warning",
      evidence: { metric, threshold: 0.01 },
      tenants: 1,
      requests: 50,
    });
    expect(await show(alert.id)).toMatchObject({
      hit: [{ name: "acme", requests: { value: 50 } }],
      hitCounted: { what: "bad", limitMs: null },
    });
  },
);

it("a burn that swings around its limit stays one alert, and ends once it is clear of the limit", async () => {
  await set();
  await send(1, 7 * 60, 100);
  await send(100, 3, 3_000);
  await evaluate();
  expect((await world.only("burn_fast")).state).toBe("firing");
  // 5.4 and then 4.2 times as fast as allowed, over 6 h and 30 min: the limit is 6
  await send(270, 0.5, 100);
  await world.over(world.countRequests);
  expect(await world.only("burn_fast")).toMatchObject({ state: "firing", unknownSince: null });
  await send(106, 0.5, 100);
  await world.over(world.countRequests);
  expect((await world.only("burn_fast")).state).toBe("resolved");
});

it("a proposal alerts nobody, nor does one that was dismissed", async () => {
  const { id, generation } = await set();
  await world.api.admin.call("PATCH /objectives/{objectiveId}", {
    params: { objectiveId: id },
    generation,
    body: { status: "dismissed" },
  });
  await send(200, 3, 9_000);
  await evaluate();
  expect(await world.states()).toEqual([]);
});

it("a p95 over its objective is told after two minutes, and over after two good ones", async () => {
  await set({ kind: "ttft_p95", target: 500 });
  const stream = (minutes: number, ms: number) => {
    const firstByteAt = new Date(world.clock.now().getTime() - minutes * MINUTE + ms);
    return send(60, minutes, 2_000, { stream: true, firstByteAt });
  };
  await send(5_000, 60, 2_000, {
    stream: true,
    firstByteAt: new Date(world.clock.now().getTime() - 60 * MINUTE + 100),
  });
  await stream(1, 600);
  await evaluate();
  expect(await world.states()).toEqual([]);
  world.clock.advance(2 * MINUTE);
  await world.reach("true");
  await stream(1, 600);
  await evaluate();
  const alert = await world.only("p95_over");
  expect(alert).toMatchObject({ state: "firing", severity: "warning" });
  expect(alert.sentence).toMatch(/^acme waits 612 ms until a first token at p95 over 5 min \(objective 500 ms\) since/);
  for (let minute = 0; minute < 9; minute += 1) {
    world.clock.advance(MINUTE);
    await world.reach("true");
    await stream(0.5, 100);
    await evaluate();
  }
  const over = await world.only("p95_over");
  expect(over.state).toBe("resolved");
  expect(over.sentence).toMatch(/^acme meets its objective: 100 ms until a first token/);
});

it("the first minutes of a tenant warn of minutes only, not of days", async () => {
  await set();
  await send(60, 6, 3_000);
  await send(60, 2, 3_000);
  await evaluate();
  expect(await world.states()).toEqual(["burn_fast firing"]);
  expect((await show((await world.only("burn_fast")).id)).related).toEqual([]);
});

it("too few requests neither fire nor resolve", async () => {
  await set();
  await send(1, 2 * 60, 100);
  await send(9, 3, 9_000);
  await evaluate();
  expect(await world.states()).toEqual([]);
  await send(40, 3, 9_000);
  await evaluate();
  expect(await world.only("burn_fast")).toMatchObject({ state: "firing", unknownSince: null });
  world.clock.advance(7 * 60 * MINUTE);
  await world.reach("true");
  await evaluate();
  const silent = await world.only("burn_fast");
  expect(silent).toMatchObject({ state: "firing", unknownSince: world.clock.now().toISOString() });
  expect(silent.sentence).toContain("Its current state is unknown.");
  await send(2_000, 1, 100);
  await world.over(world.countRequests);
  expect((await world.only("burn_fast")).state).toBe("resolved");
});
