import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { problemOf } from "#lib/evals/testing/eval-world.ts";
import { platformScope } from "#lib/platform/scope.ts";
import type { BatchWithRows } from "../browser/batch-schema.ts";
import { type BatchWorld, createBatchWorld, rowsOf } from "../testing/batch-world.ts";
import { OVERRIDE } from "../testing/share-world.ts";
import { setFreezeWindows, windowAround } from "../testing/windows.ts";

let world: BatchWorld;
beforeAll(async () => {
  world = await createBatchWorld();
});
afterAll(() => world.close());
afterEach(async () => {
  await setFreezeWindows(world.admin, []);
  await world.setCpuPlaces(200);
});

const statesOf = ({ rows }: BatchWithRows) => rows.map(({ state }) => state).join(" ");
const liveOf = async (adapterId: string) => (await world.adapter(adapterId)).route.liveVersionId;
const underWay = (batch: BatchWithRows) => batch.rows.filter(({ state }) => state === "running").length;
const BROKEN = "The store holds other bytes.";

describe("a batch", () => {
  it("cuts over row by row, never more at a time than it may", async () => {
    const ids = await world.addPassed("rows", 5);
    const { id } = await world.create(ids);
    const seen: number[] = [];
    for (let round = 0; round < 20 && (await world.read(id)).state === "running"; round += 1) {
      await world.turn();
      seen.push(underWay(await world.read(id)));
      await world.play();
    }
    const batch = await world.read(id);
    expect(batch).toMatchObject({ state: "completed", counts: { completed: 5 }, message: null });
    expect(Math.max(...seen)).toBe(2);
    expect(batch.history.map(({ what }) => what)).toEqual(["Started with 5 cutovers.", "Every row has ended."]);
    for (const { adapterId, versionId } of ids) expect(await liveOf(adapterId)).toBe(versionId);
    const cutovers = new Set(batch.rows.map(({ cutoverId }) => cutoverId));
    expect(cutovers.size).toBe(5);
    const [entry] = (await world.admin.call("GET /audit", { query: { objectId: [...cutovers][0] ?? "" } })).items;
    expect(entry).toMatchObject({ action: "cutover.start", actor: { label: "key ADMIN_API_KEY" }, requestId: id });
  });

  it("stops at the first failure, lets what is under way go on, and goes on with the rest when told to", async () => {
    const ids = await world.addPassed("stops", 5);
    const bad = ids[1]?.versionId;
    const refuse = ({ versionId }: { versionId: string }) => (versionId === bad ? BROKEN : null);
    const { id } = await world.create(ids);
    await world.turn();
    await world.play(refuse);
    const stopped = await world.read(id);
    expect(stopped).toMatchObject({ state: "stopped", stoppedBy: "failures", counts: { failed: 1 } });
    expect(statesOf(stopped)).toMatch(/^completed failed( running| waiting)* waiting$/);
    expect(stopped.rows[1]).toMatchObject({ code: "aborted", phase: "aborted" });
    expect(stopped.rows[1]?.reason).toContain(BROKEN);
    expect(stopped.history.at(-1)).toMatchObject({ by: "cutover", what: "Stopped after a failure." });

    await world.play(refuse);
    await world.play(refuse);
    const quiet = await world.read(id);
    expect(quiet).toMatchObject({ state: "stopped", counts: { running: 0, failed: 1 } });
    const waiting = quiet.rows.filter(({ state }) => state === "waiting");
    expect(waiting.length).toBeGreaterThan(0);
    for (const { adapterId } of waiting) expect(await liveOf(adapterId)).toBeNull();

    const resumed = await world.act("resume", id, "Its bytes are being mended.");
    expect(resumed).toMatchObject({ state: "running", failuresForgiven: 1 });
    expect(resumed.history.at(-1)?.what).toBe(
      `Continues with the remaining ${waiting.length}: Its bytes are being mended.`,
    );
    for (let round = 0; round < 20 && (await world.read(id)).state === "running"; round += 1) await world.play(refuse);
    expect(await world.read(id)).toMatchObject({ state: "completed", counts: { completed: 4, failed: 1 } });
  });

  it("counts what is rolled back after it had completed", async () => {
    const ids = await world.addPassed("regret", 3);
    for (const { adapterId, versionId } of ids) await world.goLive(adapterId, versionId);
    const next = [];
    for (const { tenantId, adapterId } of ids)
      next.push({ tenantId, adapterId, versionId: await world.addVersion(adapterId) });
    const { id } = await world.create(next, { atOnce: 1, overrideReason: OVERRIDE });
    await world.turn();
    await world.play();
    const cutoverId = (await world.read(id)).rows[0]?.cutoverId ?? "";
    await world.admin.call("POST /cutovers/{cutoverId}/rollback", { params: { cutoverId }, body: { reason: "Slow." } });
    await world.turn();
    const stopped = await world.read(id);
    expect(stopped).toMatchObject({ state: "stopped", stoppedBy: "failures" });
    expect(stopped.rows[0]).toMatchObject({ state: "failed", code: "rolled_back" });
    expect(stopped.rows[0]?.reason).toContain("Slow.");
    await world.act("stop", id);
    await world.play();
  });

  it("takes a refused start as a failed row with its reason, and holds up nothing else", async () => {
    const ids = await world.addPassed("refused", 3);
    const { id } = await world.create(ids, { atOnce: 3, stopAfterFailures: 2 });
    const versionId = ids[0]?.versionId ?? "";
    await world.db.write(platformScope, ({ client }) =>
      client.adapterVersion.update({ where: { id: versionId }, data: { state: "quarantined" } }),
    );
    await world.goLive(ids[2]?.adapterId ?? "", ids[2]?.versionId ?? "");
    await world.play();
    const batch = await world.read(id);
    expect(batch.rows[0]).toMatchObject({
      state: "failed",
      code: "version_not_ready",
      reason: "Version 1 is quarantined.",
      fix: "Choose a version that is ready.",
    });
    expect(batch.rows[2]).toMatchObject({ state: "skipped", reason: "Version 1 is live already.", cutoverId: null });
    await world.play();
    expect(await world.read(id)).toMatchObject({ state: "completed", counts: { completed: 1, failed: 1, skipped: 1 } });
  });

  it("waits in a freeze window, and for places in the CPU caches, and says so", async () => {
    const ids = await world.addPassed("waits", 3);
    const body = { rows: rowsOf(ids), atOnce: 3 };
    const { nodes } = await world.admin.call("POST /cutover-batches/preview", { body });
    const needed = nodes.find(({ nodeId }) => nodeId === world.node.id)?.neededNow ?? 0;
    await setFreezeWindows(world.admin, [windowAround(new Date())]);
    const { id } = await world.create(ids, { atOnce: 3 });
    await world.turn();
    expect(await world.read(id)).toMatchObject({
      counts: { waiting: 3 },
      message: expect.stringMatching(/^Paused by freeze window .* UTC, until/),
    });
    await setFreezeWindows(world.admin, []);
    await world.setCpuPlaces(needed + 1);
    await world.turn();
    expect(await world.read(id)).toMatchObject({
      counts: { waiting: 2, running: 1 },
      message: `node-1 has ${needed + 1} versions to keep in ${needed + 1} places of its CPU cache. The next waits until one under way has ended.`,
    });
    await world.play();
    // what went live for the first time stays: no place comes free by itself
    expect((await world.read(id)).message).toMatch(/Nothing of this batch is under way: raise max_cpu_loras/);
    await world.setCpuPlaces(200);
    for (let round = 0; round < 5; round += 1) await world.play();
    expect(await world.read(id)).toMatchObject({ state: "completed", message: null });
  });

  it("acts with the rights that whoever started it has now, and goes on in the name of whoever resumes it", async () => {
    const ids = await world.addPassed("rights", 2);
    const key = await world.admin.call("POST /keys", { body: { name: "release bot", scopes: ["platform:admin"] } });
    const { id } = await world.create(ids, { atOnce: 1 });
    await world.db.write(platformScope, ({ client }) =>
      client.cutoverBatch.update({
        where: { id },
        data: { startedBy: { kind: "key", id: key.id, label: "key release bot" } },
      }),
    );
    await world.admin.call("POST /keys/{keyId}/revoke", { params: { keyId: key.id } });
    await world.turn();
    const stopped = await world.read(id);
    expect(stopped).toMatchObject({ state: "stopped", stoppedBy: "rights", counts: { waiting: 2 } });
    expect(stopped.history.at(-1)?.what).toBe("Stopped: The key release bot was revoked.");
    await world.act("resume", id);
    for (let round = 0; round < 5; round += 1) await world.play();
    expect(await world.read(id)).toMatchObject({ state: "completed", counts: { completed: 2 } });
  });

  it("sets gates aside with the reason it was given, audited with each cutover", async () => {
    const ids = [await world.addTenant("aside", 10)];
    expect(await problemOf(world.create(ids))).toMatchObject({
      status: 409,
      code: "rows_refused",
      errors: [{ field: "rows.0", code: "gate_not_passed", message: "Version 1 has not been evaluated." }],
    });
    const { id } = await world.create(ids, { overrideReason: OVERRIDE });
    await world.turn();
    const { cutoverId } = (await world.read(id)).rows[0] ?? {};
    const [entry] = (await world.admin.call("GET /audit", { query: { objectId: cutoverId ?? "" } })).items;
    expect(entry).toMatchObject({
      action: "cutover.override",
      reason: OVERRIDE,
      actor: { label: "key ADMIN_API_KEY" },
    });
    await world.play();
    expect((await world.read(id)).state).toBe("completed");
  });
});
