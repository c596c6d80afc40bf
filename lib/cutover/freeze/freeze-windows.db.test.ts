import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { problemOf } from "#lib/evals/testing/eval-world.ts";
import { settleFleet } from "#lib/evals/testing/settle-fleet.ts";
import { AT_ONCE } from "../browser/canary-defaults.ts";
import { cutoverTurn } from "../testing/cutover-turn.ts";
import { createShareWorld, OVERRIDE, type ShareWorld } from "../testing/share-world.ts";
import { trafficDouble } from "../testing/traffic-double.ts";
import { setFreezeWindows, windowAround } from "../testing/windows.ts";

let world: ShareWorld;
beforeAll(async () => {
  world = await createShareWorld();
});
afterAll(() => world.close());
afterEach(() => setFreezeWindows(world.admin, []));

const close = () => setFreezeWindows(world.admin, [windowAround(new Date())]);
const turn = () => cutoverTurn(world.api.deps);
const start = (adapterId: string, toVersionId: string, plan: object = AT_ONCE) =>
  world.admin.call("POST /adapters/{adapterId}/cutovers", {
    params: { adapterId },
    body: { toVersionId, overrideReason: OVERRIDE, plan },
  });
const read = (cutoverId: string) => world.admin.call("GET /cutovers/{cutoverId}", { params: { cutoverId } });
const WINDOW =
  "freeze window [A-Z][a-z]{2} \\d\\d:\\d\\d – [A-Z][a-z]{2} \\d\\d:\\d\\d UTC, until [A-Z][a-z]{2} \\d+ \\w+,? \\d\\d:\\d\\d\\.";
const PAUSED = expect.stringMatching(new RegExp(`^Paused by ${WINDOW}`));
const FROZEN = {
  status: 409,
  code: "frozen",
  detail: expect.stringMatching(new RegExp(`^Cutovers are held by the ${WINDOW}$`)),
  fix: "Wait until then, or change the freeze windows in the settings.",
};

describe("a freeze window", () => {
  it("refuses new cutovers and shares, and lets evaluations start", async () => {
    const { adapterId, versionId } = await world.addTenant("refused", 10);
    await world.goLive(adapterId, versionId);
    const second = await world.addVersion(adapterId);
    await close();
    expect(await problemOf(start(adapterId, second))).toMatchObject(FROZEN);
    const share = { candidateVersionId: second, weightPercent: 5, overrideReason: OVERRIDE };
    expect(await problemOf(world.putTraffic(adapterId, share))).toMatchObject(FROZEN);
    const params = { versionId: second };
    const { id: runId } = await world.admin.call("POST /versions/{versionId}/runs", { params, body: {} });
    await world.admin.call("POST /runs/{runId}/cancel", { params: { runId } });
  });

  it("holds what is under way where it is, says until when, and lets it go on afterwards", async () => {
    const { adapterId, versionId } = await world.addTenant("held", 10);
    const first = await start(adapterId, versionId);
    await settleFleet(world.db);
    await close();
    await turn();
    expect(await read(first.id)).toMatchObject({ phase: "pending", message: PAUSED });
    await setFreezeWindows(world.admin, []);
    await turn();
    expect(await read(first.id)).toMatchObject({ phase: "completed", message: null });
  });

  it("keeps a canary from its next step, but not from going back", async () => {
    const traffic = trafficDouble(world.db);
    const { adapterId, versionId, tenantId } = await world.addTenant("canaried", 10);
    await world.goLive(adapterId, versionId);
    const second = await world.addVersion(adapterId);
    await traffic.heard();
    await traffic.asked(60, { tenantId, adapterId, versionId });
    const plan = { shadow: false, weights: [50], minRequests: 1, minMinutes: 0, soakMinutes: 60 };
    const { id } = await start(adapterId, second, plan);
    await settleFleet(world.db);
    await turn();
    await traffic.asked(5, { tenantId, adapterId, versionId: second });
    await close();
    await turn();
    const held = await read(id);
    expect(held).toMatchObject({ phase: "canary", message: PAUSED });
    expect(held.message).toMatch(/The guard keeps running\.$/);
    const promote = { params: { cutoverId: id }, body: {}, generation: held.generation };
    expect(await problemOf(world.admin.call("POST /cutovers/{cutoverId}/promote", promote))).toMatchObject(FROZEN);
    await world.admin.call("POST /cutovers/{cutoverId}/rollback", { params: { cutoverId: id }, body: {} });
    expect(await read(id)).toMatchObject({ phase: "rolled_back" });
  });
});
