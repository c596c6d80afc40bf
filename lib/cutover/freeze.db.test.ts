import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createEvalWorld, type EvalWorld, problemOf } from "#lib/evals/testing/eval-world.ts";
import { settleFleet } from "#lib/evals/testing/settle-fleet.ts";
import { AT_ONCE } from "./browser/canary-defaults.ts";
import { cutoverTurn } from "./testing/cutover-turn.ts";

/** A freeze of all cutovers and evals, as both rooms take it. */
let world: EvalWorld;
beforeAll(async () => {
  world = await createEvalWorld();
});
afterAll(() => world.close());
beforeEach(() => {
  world.gateway.seen.length = 0;
  world.gateway.behave((_seen, right) => right);
});

const freeze = () => world.admin.call("POST /controls", { body: { kind: "freeze", reason: "Orders are on fire." } });
const lift = (controlId: string) =>
  world.admin.call("POST /controls/{controlId}/revert", { params: { controlId }, body: {} });
const overrideReason = "Served by its own deployment.";
const cutOver = (adapterId: string, toVersionId: string) =>
  world.admin.call("POST /adapters/{adapterId}/cutovers", {
    params: { adapterId },
    body: { toVersionId, overrideReason, plan: AT_ONCE },
  });
const readCutover = (cutoverId: string) => world.admin.call("GET /cutovers/{cutoverId}", { params: { cutoverId } });
const run = (versionId: string) =>
  world.admin.call("POST /versions/{versionId}/runs", { params: { versionId }, body: {} });
const readRun = (runId: string) => world.admin.call("GET /runs/{runId}", { params: { runId } });
const FROZEN = /^key ADMIN_API_KEY froze all cutovers and evals until \d\d:\d\d UTC: Orders are on fire\.$/;
const PAUSED = expect.stringMatching(/^Paused by freeze: key ADMIN_API_KEY froze .*Orders are on fire\.$/);

describe("a freeze", () => {
  it("refuses new cutovers and runs, saying who, why and what to do", async () => {
    const { adapterId, versionId } = await world.addTenant("refused", 10);
    const { id } = await freeze();
    const calls = [
      () => cutOver(adapterId, versionId),
      () => run(versionId),
      () => world.admin.call("POST /bulk/gate", { body: { versionIds: [versionId] } }),
    ];
    for (const call of calls)
      expect(await problemOf(call())).toMatchObject({
        status: 409,
        code: "frozen",
        detail: expect.stringMatching(FROZEN),
        fix: "Wait until then, or lift the freeze.",
      });
    await lift(id);
    const { id: runId } = await run(versionId);
    await world.admin.call("POST /runs/{runId}/cancel", { params: { runId } });
  });

  it("holds cutovers where they are, and lets them go on afterwards", async () => {
    const { adapterId, versionId } = await world.addTenant("held", 10);
    const cutover = await cutOver(adapterId, versionId);
    await settleFleet(world.db);
    const { id } = await freeze();
    await cutoverTurn(world.api.deps);
    expect(await readCutover(cutover.id)).toMatchObject({ phase: "pending", message: PAUSED });
    await lift(id);
    await cutoverTurn(world.api.deps);
    expect(await readCutover(cutover.id)).toMatchObject({ phase: "completed", message: null });
  });

  it("keeps nobody from rolling back, aborting or cancelling", async () => {
    const { adapterId, versionId } = await world.addTenant("undone", 10);
    await cutOver(adapterId, versionId);
    await settleFleet(world.db);
    await cutoverTurn(world.api.deps);
    const second = await cutOver(adapterId, await world.addVersion(adapterId));
    await settleFleet(world.db);
    await cutoverTurn(world.api.deps);
    const third = await cutOver(adapterId, versionId);
    const queued = await run(await world.addVersion(adapterId));
    const { id } = await freeze();
    await world.admin.call("POST /cutovers/{cutoverId}/abort", { params: { cutoverId: third.id }, body: {} });
    await world.admin.call("POST /cutovers/{cutoverId}/rollback", { params: { cutoverId: second.id }, body: {} });
    await world.admin.call("POST /runs/{runId}/cancel", { params: { runId: queued.id } });
    expect((await readCutover(third.id)).phase).toBe("aborted");
    expect((await readCutover(second.id)).phase).toBe("rolled_back");
    expect((await readRun(queued.id)).state).toBe("cancelled");
    await lift(id);
  });

  it("stops a run in the middle, which asks only what is missing once it is lifted", async () => {
    const [first, second] = [await world.addTenant("asked", 20), await world.addTenant("queued", 20)];
    const [running, queued] = [await run(first.versionId), await run(second.versionId)];
    await settleFleet(world.db);
    let lifted = "";
    world.gateway.behave(async (_seen, right, at) => {
      if (at < 40) return right;
      if (at === 40) lifted = (await freeze()).id;
      return new Promise(() => {});
    });
    await world.turn();
    const half = await readRun(running.id);
    expect(half).toMatchObject({ state: "running", message: PAUSED, verdict: null });
    expect(half.samplesDone).toBeGreaterThanOrEqual(20);
    expect(await readRun(queued.id)).toMatchObject({ state: "queued", message: PAUSED });

    world.gateway.seen.length = 0;
    world.gateway.behave((_seen, right) => right);
    await world.turn();
    expect(world.gateway.seen).toHaveLength(0);
    await lift(lifted);
    await world.turn();
    expect(world.gateway.seen).toHaveLength(360 - half.samplesDone);
    expect(await readRun(running.id)).toMatchObject({ state: "completed", samplesDone: 360, message: null });
    expect(await readRun(queued.id)).toMatchObject({ state: "queued", message: "Waits for its turn." });
    await world.turn();
    expect((await readRun(queued.id)).state).toBe("completed");
  });
});
