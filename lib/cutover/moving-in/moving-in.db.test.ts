import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { problemOf } from "#lib/evals/testing/eval-world.ts";
import { holdersOf } from "#lib/evals/testing/settle-fleet.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { cutoverTurn } from "../testing/cutover-turn.ts";
import { createShareWorld, OVERRIDE, type ShareWorld } from "../testing/share-world.ts";

const DAY_MS = 24 * 3_600_000;
let world: ShareWorld;
beforeAll(async () => {
  world = await createShareWorld();
});
afterAll(() => world.close());
beforeEach(() => world.keepOriginsFor(14));

const routeOf = async (adapterId: string) => (await world.adapter(adapterId)).route;
const cutoverOf = (cutoverId: string) => world.admin.call("GET /cutovers/{cutoverId}", { params: { cutoverId } });
const rollBack = (cutoverId: string) =>
  world.admin.call("POST /cutovers/{cutoverId}/rollback", { params: { cutoverId }, body: {} });
const movingIn = (query: object = {}) => world.admin.call("GET /moving-in", { query });
const stateOf = async (adapterId: string) => (await movingIn({ adapterId })).items[0]?.state;
const auditOf = async (objectId: string) =>
  (await world.admin.call("GET /audit", { query: { objectId } })).items.map(({ action }) => action);
const marksOf = (adapterId: string) =>
  world.db.read(platformScope, ({ client }) =>
    client.annotation.findMany({ where: { kind: "origin", ref: { path: ["id"], equals: adapterId } } }),
  );

describe("a customer who moves in", () => {
  it("starts at its origin, goes live, returns by a rollback, goes live again, and its origin ends", async () => {
    const { tenantId, adapterId, versionId, endpointId } = await world.addAtOrigin("harbor", {
      name: "Harbor today",
      gpus: 1,
      costPerMonth: 600,
    });
    expect(await routeOf(adapterId)).toMatchObject({ originEndpointId: endpointId, originUntil: null, generation: 2 });
    const [item] = (await movingIn({ tenantId })).items;
    expect(item).toMatchObject({ state: "at_origin", sentence: "Requests go to Harbor today.", gpus: 1 });

    const first = await world.goLive(adapterId, versionId);
    expect(await cutoverOf(first)).toMatchObject({ phase: "completed", fromOrigin: true, canRollBack: true });
    const { originUntil, liveVersionId } = await routeOf(adapterId);
    expect(liveVersionId).toBe(versionId);
    expect((Date.parse(originUntil ?? "") - Date.now()) / DAY_MS).toBeCloseTo(14, 1);
    expect(await stateOf(adapterId)).toBe("in_pool");

    expect(await rollBack(first)).toMatchObject({ phase: "rolled_back", canRollBack: false });
    expect(await routeOf(adapterId)).toMatchObject({
      liveVersionId: null,
      previousVersionId: null,
      originEndpointId: endpointId,
      originUntil: null,
    });
    expect(await holdersOf(world.db, versionId)).toEqual([]);
    expect(await stateOf(adapterId)).toBe("at_origin");

    await world.goLive(adapterId, versionId);
    expect(await problemOf(world.putOrigin(adapterId, null))).toMatchObject({ status: 409, code: "origin_kept" });
    await world.endOrigin(adapterId);
    expect(await stateOf(adapterId)).toBe("ended");
    expect(await problemOf(world.endOrigin(adapterId))).toMatchObject({ status: 409, code: "already_ended" });
    const [open] = (await world.admin.call("GET /cutovers", { query: { adapterId } })).items;
    expect(open).toMatchObject({ phase: "completed", canRollBack: false });
    expect(await problemOf(rollBack(open?.id ?? ""))).toMatchObject({ status: 409, code: "origin_ended" });
    expect((await movingIn({ tenantId })).freed).toMatchObject({ endpoints: 1, gpus: 1, costPerMonth: 600 });
    expect(await auditOf(adapterId)).toEqual(["origin.end", "origin.set", "adapter.create"]);
    expect((await marksOf(adapterId)).map(({ title }) => title)).toEqual([
      "support-bot of harbor: its origin was switched off",
    ]);
    const remove = world.admin.call("DELETE /endpoints/{endpointId}", { params: { endpointId } });
    expect(await problemOf(remove)).toMatchObject({ status: 409, code: "endpoint_in_use" });
    await world.putOrigin(adapterId, null);
    await world.admin.call("DELETE /endpoints/{endpointId}", { params: { endpointId } });
  });

  it("is told once, with its date, when the origin may be switched off", async () => {
    await world.keepOriginsFor(0);
    const { adapterId, versionId } = await world.addAtOrigin("dated");
    await world.goLive(adapterId, versionId);
    expect(await stateOf(adapterId)).toBe("may_end");
    await cutoverTurn(world.api.deps);
    await cutoverTurn(world.api.deps);
    const marks = await marksOf(adapterId);
    expect(marks.map(({ title }) => title)).toEqual(["support-bot of dated: its origin may be switched off"]);
    expect(marks[0]?.at.toISOString()).toBe((await routeOf(adapterId)).originUntil);
    const [item] = (await movingIn({ adapterId })).items;
    expect(item?.sentence).toMatch(/may be switched off since \d{4}-\d\d-\d\d\.$/);
  });

  it("can still return after that day, while nobody has switched it off", async () => {
    await world.keepOriginsFor(0);
    const { adapterId, versionId } = await world.addAtOrigin("late-return");
    const cutover = await world.goLive(adapterId, versionId);
    expect((await rollBack(cutover)).phase).toBe("rolled_back");
    expect(await stateOf(adapterId)).toBe("at_origin");
  });

  it("keeps its origin as long as the setting says", async () => {
    await world.keepOriginsFor(3);
    const { adapterId, versionId } = await world.addAtOrigin("kept-three-days");
    await world.goLive(adapterId, versionId);
    const { originUntil } = await routeOf(adapterId);
    expect((Date.parse(originUntil ?? "") - Date.now()) / DAY_MS).toBeCloseTo(3, 1);
  });
});

describe("an origin", () => {
  it("is set only while nothing is live and no cutover is under way", async () => {
    const { tenantId, adapterId, versionId } = await world.addTenant("rules", 10);
    const endpointId = await world.addEndpoint({ tenantId });
    const body = { toVersionId: versionId, overrideReason: OVERRIDE };
    const cutover = await world.admin.call("POST /adapters/{adapterId}/cutovers", { params: { adapterId }, body });
    expect(cutover.fromOrigin).toBe(false);
    expect(await problemOf(world.putOrigin(adapterId, endpointId))).toMatchObject({ code: "cutover_in_progress" });
    await world.admin.call("POST /cutovers/{cutoverId}/abort", { params: { cutoverId: cutover.id }, body: {} });
    expect(await problemOf(world.endOrigin(adapterId))).toMatchObject({ status: 409, code: "no_origin" });
    await world.putOrigin(adapterId, endpointId);
    expect(await problemOf(world.endOrigin(adapterId))).toMatchObject({ status: 409, code: "nothing_live" });
    await world.putOrigin(adapterId, null);
    await world.goLive(adapterId, versionId);
    expect(await problemOf(world.putOrigin(adapterId, endpointId))).toMatchObject({
      status: 409,
      code: "already_live",
      errors: [{ field: "endpointId" }],
    });
  });

  it("must be one that may answer for the tenant, and is refused to who saw an older route", async () => {
    const { adapterId } = await world.addTenant("foreign-origin", 10);
    const { tenantId: otherId } = await world.addTenant("foreign-owner", 10);
    for (const id of [await world.addEndpoint({ tenantId: otherId }), "end_none"])
      expect(await problemOf(world.putOrigin(adapterId, id))).toMatchObject({
        status: 422,
        errors: [{ field: "endpointId", code: "unknown_endpoint" }],
      });
    await world.putOrigin(adapterId, await world.addEndpoint());
    const stale = world.admin.call("PUT /adapters/{adapterId}/origin", {
      params: { adapterId },
      body: { endpointId: null },
      generation: 1,
    });
    expect(await problemOf(stale)).toMatchObject({ status: 412 });
  });

  it("is the platform's to set: operators and customers may not, another tenant sees nothing", async () => {
    const { tenantId, adapterId, endpointId } = await world.addAtOrigin("whose");
    const { tenantId: otherId } = await world.addTenant("whose-other", 10);
    const operator = await world.api.clientWith(["platform:operate"]);
    const mine = await world.api.clientWith(["tenant:read"], tenantId);
    const other = await world.api.clientWith(["tenant:admin"], otherId);
    const put = (client: typeof mine) =>
      client.call("PUT /adapters/{adapterId}/origin", { params: { adapterId }, body: { endpointId }, generation: 2 });
    for (const client of [operator, mine, other]) expect(await problemOf(put(client))).toMatchObject({ status: 403 });
    expect((await operator.call("GET /moving-in", { query: { adapterId } })).items).toHaveLength(1);
    expect(await problemOf(mine.call("GET /moving-in", {}))).toMatchObject({ status: 403 });
    const seen = await mine.call("GET /adapters/{adapterId}", { params: { adapterId } });
    expect(seen.route.originEndpointId).toBe(endpointId);
  });

  it("counts once in the sums though two adapters use it, and what nobody declared counts as unknown", async () => {
    const before = await movingIn();
    const { tenantId, endpointId } = await world.addAtOrigin("shared-origin", { gpus: 2 });
    const second = await world.admin.call("POST /tenants/{tenantId}/adapters", {
      params: { tenantId },
      body: { slug: "second", name: "Second", poolId: world.poolId },
    });
    await world.putOrigin(second.id, endpointId);
    const after = await movingIn({ limit: 1 });
    expect(after.items).toHaveLength(1);
    expect(after.nextCursor).not.toBeNull();
    expect(after.kept.endpoints - before.kept.endpoints).toBe(1);
    expect(after.kept.gpus - before.kept.gpus).toBe(2);
    expect(after.kept.withoutCost - before.kept.withoutCost).toBe(1);
  });
});
