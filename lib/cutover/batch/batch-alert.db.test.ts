import { afterAll, beforeAll, expect, it } from "vitest";
import { alertTurn } from "#lib/alerting/alerts/alert-loop.ts";
import { ALERT_LOOP } from "#lib/alerting/alerts/last-evaluation.ts";
import { createLease } from "#lib/platform/lease.ts";
import { type BatchWorld, createBatchWorld } from "../testing/batch-world.ts";

let world: BatchWorld;
beforeAll(async () => {
  world = await createBatchWorld();
});
afterAll(() => world.close());

/** The alerts of batches, after somebody has looked. */
async function alerts() {
  const lease = createLease(world.db, { name: ALERT_LOOP, holder: crypto.randomUUID(), ttlMs: 60_000 });
  const term = await lease.acquire();
  if (term === null) throw new Error("the lease is taken");
  await alertTurn(world.api.deps, { term }).finally(() => lease.release(term));
  const { items } = await world.admin.call("GET /alerts", { query: {} });
  return items.filter(({ rule }) => rule === "batch_stopped");
}

it("a batch that stopped by itself is told until somebody lets it go on or ends it; one stopped by hand is not", async () => {
  const ids = await world.addPassed("told", 5);
  const bad = ids[0]?.versionId;
  const { id } = await world.create(ids);
  await world.turn();
  expect(await alerts()).toEqual([]);

  await world.play(({ versionId }) => (versionId === bad ? "The store holds other bytes." : null));
  const { counts } = await world.read(id);
  const [alert] = await alerts();
  expect(alert).toMatchObject({ state: "firing", severity: "warning", subject: { type: "batch", id } });
  expect(alert?.sentence).toMatch(
    /^A batch of cutovers stopped and needs a decision since .*Next step: open the batch/,
  );
  const detail = await world.admin.call("GET /alerts/{alertId}", { params: { alertId: alert?.id ?? "" } });
  expect(detail.cause.sentence).toBe(
    `It stopped at a cutover that failed: ${counts.waiting} cutovers wait, and their routes did not move.`,
  );
  expect(detail.actions[0]?.href).toBe(`/cutovers/batches/${id}`);

  await world.act("resume", id);
  await world.turn();
  expect((await alerts())[0]).toMatchObject({ id: alert?.id, state: "resolved" });

  await world.act("stop", id, "Not today.");
  await world.play();
  expect(await alerts()).toHaveLength(1);
});
