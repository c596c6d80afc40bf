import { afterAll, beforeAll, expect, it } from "vitest";
import { alertTurn } from "#lib/alerting/alerts/alert-loop.ts";
import { ALERT_LOOP } from "#lib/alerting/alerts/last-evaluation.ts";
import { manualClock } from "#lib/platform/clock.ts";
import { createLease } from "#lib/platform/lease.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { createEvalWorld, type EvalWorld } from "../testing/eval-world.ts";
import { GATE_WATCH_LOOP, watchTurn } from "./watch-loop.ts";

const MINUTE = 60_000;
const clock = manualClock(new Date());
let world: EvalWorld;
beforeAll(async () => {
  world = await createEvalWorld();
});
afterAll(() => world.close());

const withTerm = async (name: string, run: (term: bigint) => Promise<unknown>) => {
  const lease = createLease(world.db, { name, holder: `w${Math.random()}`, ttlMs: MINUTE });
  const term = await lease.acquire();
  if (term === null) throw new Error("the lease is taken");
  await run(term).finally(() => lease.release(term));
};
const deps = () => ({ ...world.api.deps, clock });
const watch = () => withTerm(GATE_WATCH_LOOP, (term) => watchTurn(deps(), { term }));
const evaluate = () => withTerm(ALERT_LOOP, (term) => alertTurn(deps(), { term }));
const gates = async () =>
  (await world.admin.call("GET /alerts", { query: {} })).items.filter(({ rule }) => rule === "gate_stuck");

it("a run that nobody takes from the queue is told, stays while nobody watches, and is over once it has ended", async () => {
  const { versionId, tenantId } = await world.addTenant("acme", 10);
  const run = await world.admin.call("POST /versions/{versionId}/runs", { params: { versionId }, body: {} });
  await watch();
  await evaluate();
  expect(await gates()).toEqual([]);

  clock.advance(20 * MINUTE);
  await watch();
  await watch();
  await evaluate();
  const [alert] = await gates();
  if (!alert) throw new Error("no alert");
  expect(alert).toMatchObject({ state: "firing", severity: "warning", subject: { type: "run", id: run.id, tenantId } });
  expect(alert.sentence).toMatch(/^A gate of acme is stuck since .*\. 1 tenant involved\. Next step: open the run/i);
  const detail = await world.admin.call("GET /alerts/{alertId}", { params: { alertId: alert.id } });
  expect(detail.cause.sentence).toMatch(/v1: queued, and no run moved for \d+ min\./);
  expect(detail.actions[0]?.href).toBe(`/evals/runs/${run.id}`);

  clock.advance(5 * MINUTE);
  await evaluate();
  expect((await gates())[0]).toMatchObject({ state: "firing", unknownSince: clock.now().toISOString() });

  await world.admin.call("POST /runs/{runId}/cancel", { params: { runId: run.id } });
  await world.db.write(platformScope, ({ client }) =>
    client.evalRun.update({ where: { id: run.id }, data: { finishedAt: clock.now() } }),
  );
  await watch();
  await evaluate();
  clock.advance(MINUTE);
  await evaluate();
  expect((await gates())[0]).toMatchObject({ state: "resolved" });
});

it("under a freeze no run is stuck", async () => {
  const { versionId } = await world.addTenant("globex", 10);
  const run = await world.admin.call("POST /versions/{versionId}/runs", { params: { versionId }, body: {} });
  await world.admin.call("POST /controls", { body: { kind: "freeze", reason: "A launch." } });
  await world.db.write(platformScope, ({ client }) =>
    client.control.updateMany({ data: { expiresAt: new Date(clock.now().getTime() + 8 * 60 * MINUTE) } }),
  );
  clock.advance(60 * MINUTE);
  await watch();
  await evaluate();
  expect((await gates()).filter(({ subject }) => subject.id === run.id)).toEqual([]);
});

it("live versions whose pass no longer stands are told as one alert of their pool, an hour after the change", async () => {
  const expired = async () =>
    (await world.admin.call("GET /alerts", { query: {} })).items.filter(({ rule }) => rule === "gate_expired");
  await world.db.write(platformScope, ({ client }) => client.control.deleteMany());
  const { versionId, adapterId, tenantId, runId } = await world.startRun(200);
  for (const { id } of (await world.admin.call("GET /runs", { query: { state: "queued" } })).items)
    if (id !== runId) await world.admin.call("POST /runs/{runId}/cancel", { params: { runId: id } });
  await world.turn();
  await world.db.write(platformScope, ({ client }) =>
    client.route.update({ where: { adapterId }, data: { liveVersionId: versionId } }),
  );
  await watch();
  await evaluate();
  expect(await expired()).toEqual([]);

  await world.db.write(platformScope, ({ client }) =>
    client.pool.update({ where: { id: world.poolId }, data: { maxModelLen: { increment: 1024 } } }),
  );
  await watch();
  await evaluate();
  expect(await expired()).toEqual([]);
  clock.advance(61 * MINUTE);
  await watch();
  await evaluate();
  const [alert] = await expired();
  expect(alert).toMatchObject({ state: "firing", severity: "warning", subject: { type: "pool", id: world.poolId } });
  expect(alert?.sentence).toMatch(/serves 1 of 1 live versions whose pass has expired .*\. 1 tenant involved/);
  const { cause, hit } = await world.admin.call("GET /alerts/{alertId}", { params: { alertId: alert?.id ?? "" } });
  expect(cause.sentence).toMatch(/max_model_len changed/);
  expect(hit).toMatchObject([{ id: tenantId }]);

  await world.db.write(platformScope, ({ client }) =>
    client.pool.update({ where: { id: world.poolId }, data: { maxModelLen: { decrement: 1024 } } }),
  );
  await watch();
  await evaluate();
  clock.advance(MINUTE);
  await watch();
  await evaluate();
  expect((await expired())[0]).toMatchObject({ state: "resolved" });
});
