import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startNode } from "#lib/api/testing/fleet.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { goodFolder } from "#lib/registry/testing/adapter-folder.ts";
import { registerVersion } from "#lib/registry/testing/register.ts";
import { createPlacementWorld, nodeIdOf, type PlacementWorld, type TestTenant } from "../testing/placement-world.ts";
import { placeAll } from "./placement-loop.ts";

let world: PlacementWorld;
beforeAll(async () => {
  world = await createPlacementWorld();
});
afterAll(() => world.close());

describe("without a number of replicas", () => {
  it("an adapter is on every serving node, and the loop has nothing to do", async () => {
    const pool = await world.makePool(["a", "b"]);
    const { versionId } = await world.liveTenant(pool);
    await world.settle();
    expect(await world.heldOn(pool, versionId)).toEqual(["a: route", "b: route"]);
    const plan = await world.planOf(pool);
    expect(plan.moves.map(({ action, nodeName }) => `${action} ${nodeName}`)).toEqual([
      `keep ${pool.prefix}-a`,
      `keep ${pool.prefix}-b`,
    ]);
    expect(plan.unplaced).toEqual([]);
  });

  it("a node that came without its adapters gets what is live", async () => {
    const pool = await world.makePool(["a"]);
    const { versionId } = await world.liveTenant(pool);
    await world.addNode(pool, "b");
    expect(await world.heldOn(pool, versionId)).toEqual(["a: route"]);
    await world.settle();
    expect(await world.heldOn(pool, versionId)).toEqual(["a: route", "b: route"]);
  });
});

describe("with a number of replicas", () => {
  it("stages, evaluates and cuts over on as many nodes as are wanted, and the gateway goes there", async () => {
    const pool = await world.makePool(["a", "b", "c"]);
    const { tenantId, adapterId, versionId } = await world.addTenant(pool);
    await world.setPlacement(adapterId, { replicas: 1, pinnedNodeIds: [] });
    await world.api.admin.call("POST /versions/{versionId}/stage", { params: { versionId }, body: {} });
    const staged = await world.heldOn(pool, versionId);
    expect(staged).toHaveLength(1);
    expect(await world.goLive(adapterId, versionId)).toBe("completed");
    const home = staged[0]?.[0] ?? "";
    expect(await world.heldOn(pool, versionId)).toEqual([`${home}: route`]);
    const others = ["a", "b", "c"].filter((name) => name !== home).map((name) => `base_model ${name}`);
    const served = await world.servedFrom(pool, tenantId);
    expect(served[0]).toBe(`primary ${home}`);
    expect(served.slice(1).sort()).toEqual(others);

    const next = await registerVersion(world.api.admin, adapterId, goodFolder("billing-helper"));
    expect(await world.goLive(adapterId, next.id)).toBe("completed");
    expect(await world.heldOn(pool, next.id)).toEqual([`${home}: route`]);
    expect(await world.heldOn(pool, versionId)).toEqual([`${home}: previous`]);
  });

  it("goes to a new node first, and leaves the old one once the new has proven it", async () => {
    const pool = await world.makePool(["a", "b"]);
    const { tenantId, adapterId, versionId } = await world.liveTenant(pool);
    await world.setPlacement(adapterId, { replicas: 1, pinnedNodeIds: [nodeIdOf(pool, "a")] });
    await world.settle();
    expect(await world.heldOn(pool, versionId)).toEqual(["a: route"]);

    const changed = await world.setPlacement(adapterId, { replicas: 1, pinnedNodeIds: [nodeIdOf(pool, "b")] });
    expect(changed.moves.map(({ action, nodeName, reason }) => `${action} ${nodeName}: ${reason}`)).toEqual([
      expect.stringMatching(/^remove p\d+-a: .*It stays until the others have proven it\./),
      expect.stringMatching(/^add p\d+-b: Pinned here\. p\d+-b: 0 of 12 GPU slots busy on average\. No request/),
    ]);
    await world.turn();
    await world.turn();
    expect(await world.heldOn(pool, versionId)).toEqual(["a: move", "b: route"]);
    expect(await world.servedFrom(pool, tenantId)).toEqual(["primary a", "base_model b"]);
    expect((await world.planOf(pool)).moves.map(({ action, reason }) => `${action}: ${reason}`)).toEqual([
      expect.stringContaining("keep: Pinned here."),
      expect.stringMatching(/^remove: On its way: it stays here until it is proven on p\d+-b\.$/),
    ]);
    await world.settle();
    expect(await world.heldOn(pool, versionId)).toEqual(["b: route"]);
    expect(await world.servedFrom(pool, tenantId)).toEqual(["primary b", "base_model a"]);
  });

  it("a rollback, a cutover and the end of the number go along while it moves", async () => {
    const pool = await world.makePool(["a", "b"]);
    const { tenantId, adapterId, versionId: v1 } = await world.liveTenant(pool);
    await world.setPlacement(adapterId, { replicas: 1, pinnedNodeIds: [nodeIdOf(pool, "a")] });
    await world.settle();
    await world.setPlacement(adapterId, { replicas: 1, pinnedNodeIds: [nodeIdOf(pool, "b")] });
    await world.turn();
    expect(await world.heldOn(pool, v1)).toEqual(["a: move", "b: route"]);
    const { id: v2 } = await registerVersion(world.api.admin, adapterId, goodFolder("billing-helper"));
    expect(await world.goLive(adapterId, v2)).toBe("completed");
    await world.settle();
    expect(await world.heldOn(pool, v2)).toEqual(["b: route"]);
    expect(await world.heldOn(pool, v1)).toEqual(["b: previous"]);
    await world.setPlacement(adapterId, { replicas: null, pinnedNodeIds: [] });
    await world.settle();
    expect(await world.heldOn(pool, v2)).toEqual(["a: route", "b: route"]);
    expect(await world.heldOn(pool, v1)).toEqual(["a: previous", "b: previous"]);

    await world.setPlacement(adapterId, { replicas: 1, pinnedNodeIds: [nodeIdOf(pool, "a")] });
    await world.turn();
    const { items } = await world.admin.call("GET /cutovers", { query: { adapterId } });
    const params = { cutoverId: items[0]?.id ?? "" };
    await world.admin.call("POST /cutovers/{cutoverId}/rollback", { params, body: { reason: "Errors rose." } });
    expect((await world.servedFrom(pool, tenantId)).sort()).toEqual(["primary a", "primary b"]);
    await world.settle();
    expect(await world.heldOn(pool, v1)).toEqual(["a: route"]);
    expect(await world.heldOn(pool, v2)).toEqual([]);
  });

  it("a pool's number thins out evenly, by demand", async () => {
    const pool = await world.makePool(["a", "b"]);
    const made: TestTenant[] = [];
    for (let index = 0; index < 4; index += 1) made.push(await world.liveTenant(pool));
    await world.setDemand(made.map((tenant, index) => [tenant, index < 2 ? 240 : 1] as const));
    await world.setReplicas(pool, 1);
    await world.settle();
    const where = await Promise.all(made.map(({ versionId }) => world.heldOn(pool, versionId)));
    expect(where.map(({ length }) => length)).toEqual([1, 1, 1, 1]);
    expect(where[0]).not.toEqual(where[1]);
    expect(where[2]).not.toEqual(where[3]);
    // beside its slots a node shows adapters that were asked for, a whole number, and no expectation
    expect((await world.planOf(pool)).nodes.map(({ hot }) => [hot.active, hot.slots])).toEqual([
      [2, 12],
      [2, 12],
    ]);
    await world.turn();
    expect(await Promise.all(made.map(({ versionId }) => world.heldOn(pool, versionId)))).toEqual(where);
  });

  it("a turn with nothing to do only reads", async () => {
    const pool = await world.makePool(["a", "b"]);
    await world.setReplicas(pool, 1);
    await world.liveTenant(pool);
    await world.settle();
    const { deps } = world.api;
    const write = () => Promise.reject(new Error("a write"));
    const turn = { signal: new AbortController().signal, term: 0n };
    await placeAll({ ...deps, db: { ...deps.db, write } }, turn);
    await world.setReplicas(pool, 2);
    await expect(placeAll({ ...deps, db: { ...deps.db, write } }, turn)).rejects.toThrow(/1 of \d+ pools/);
  });

  it("a new node takes nothing by itself; a person applies the plan, which says how full the nodes are", async () => {
    const pool = await world.makePool(["a"]);
    await world.setReplicas(pool, 1);
    const made: TestTenant[] = [];
    for (let index = 0; index < 4; index += 1) made.push(await world.liveTenant(pool));
    await world.setDemand(made.map((tenant) => [tenant, 200] as const));
    await world.addNode(pool, "b");
    await world.settle();
    expect((await world.planOf(pool)).nodes.map(({ adapters }) => adapters)).toEqual([2, 2]);
    expect((await world.heldOn(pool, made[0]?.versionId ?? "")).length).toBe(1);

    const before = await world.planOf(pool);
    const [add] = before.moves.filter(({ action }) => action === "add");
    expect(add?.reason).toMatch(
      /^Comes from p\d+-a: 3\.2 of 12 GPU slots busy on average\. p\d+-b: 0 of 12 GPU slots busy on average before the move\.$/,
    );
    const applied = await world.apply(pool);
    expect(applied.moves).toEqual(before.moves);
    const again = await world.apply(pool);
    expect(again.moves.filter(({ action }) => action === "add")).toEqual([]);
    await world.settle();
    const after = await world.planOf(pool);
    expect(after.moves.every(({ action }) => action === "keep")).toBe(true);
    const homes = await Promise.all(made.map(async ({ versionId }) => (await world.heldOn(pool, versionId)).join()));
    expect(homes.filter((home) => home === "a: route")).toHaveLength(2);
    expect(homes.filter((home) => home === "b: route")).toHaveLength(2);
    const trail = await world.api.admin.call("GET /audit", { query: { objectId: pool.poolId } });
    expect(trail.items.filter(({ action }) => action === "pool.apply_placement")).toHaveLength(2);
  });

  it("a cordoned node keeps what it has, and the plan tells that nobody serves it", async () => {
    const pool = await world.makePool(["a", "b"]);
    const { adapterId, versionId } = await world.liveTenant(pool);
    await world.setPlacement(adapterId, { replicas: 1, pinnedNodeIds: [nodeIdOf(pool, "a")] });
    await world.settle();
    await world.setPlacement(adapterId, { replicas: 1, pinnedNodeIds: [] });
    await world.api.admin.call("POST /nodes/{nodeId}/cordon", { params: { nodeId: nodeIdOf(pool, "a") } });
    await world.apply(pool);
    await world.settle();
    expect(await world.heldOn(pool, versionId)).toEqual(["a: route"]);
    const plan = await world.planOf(pool);
    expect(plan.moves[0]?.reason).toMatch(/^p\d+-a is cordoned: what it has stays, so that a short absence/);
    expect(plan.unplaced).toEqual([
      expect.objectContaining({ adapterId, reason: expect.stringMatching(/None of its nodes serves now: p\d+-a is/) }),
    ]);
  });

  it("a cordoned node may be removed: what is needed on it goes to the others first", async () => {
    const pool = await world.makePool(["a", "b", "c"]);
    const one = await world.liveTenant(pool);
    const all = await world.liveTenant(pool);
    await world.setPlacement(one.adapterId, { replicas: 1, pinnedNodeIds: [nodeIdOf(pool, "a")] });
    await world.settle();
    const params = { nodeId: nodeIdOf(pool, "a") };
    const remove = () => world.admin.call("DELETE /nodes/{nodeId}", { params });
    await expect(remove()).rejects.toMatchObject({ problem: { status: 409, code: "node_in_use" } });
    await world.admin.call("POST /nodes/{nodeId}/cordon", { params });
    const { id: byHand } = await registerVersion(world.admin, all.adapterId, goodFolder("billing-helper"));
    const staged = { params: { versionId: byHand } };
    await world.admin.call("POST /versions/{versionId}/stage", { ...staged, body: { nodeIds: [params.nodeId] } });
    await expect(remove()).rejects.toMatchObject({ problem: { code: "node_in_use" } });
    await world.admin.call("POST /versions/{versionId}/unstage", staged);
    await remove();
    const [home] = await world.heldOn(pool, one.versionId);
    expect(["b: route", "c: route"]).toContain(home);
    expect(await world.heldOn(pool, all.versionId)).toEqual(["b: route", "c: route"]);
    await world.settle();
    expect(await world.heldOn(pool, one.versionId)).toEqual([home]);
    expect((await world.readPlacement(one.adapterId)).moves.map(({ action }) => action)).toEqual(["keep"]);
  });

  it("the last node of a pool is kept while anything is needed on it", async () => {
    const pool = await world.makePool(["a"]);
    await world.liveTenant(pool);
    const params = { nodeId: nodeIdOf(pool, "a") };
    await world.admin.call("POST /nodes/{nodeId}/cordon", { params });
    await expect(world.admin.call("DELETE /nodes/{nodeId}", { params })).rejects.toMatchObject({
      problem: { code: "node_in_use", fix: expect.stringMatching(/^Add another node/) },
    });
  });

  it("a new node does not get adapters that are wanted on fewer", async () => {
    const pool = await world.makePool(["a", "b"]);
    const few = await world.liveTenant(pool);
    const all = await world.liveTenant(pool);
    await world.setPlacement(few.adapterId, { replicas: 2, pinnedNodeIds: [] });
    const started = await startNode(`${pool.prefix}-c`);
    try {
      const body = { poolId: pool.poolId, name: started.name, baseUrl: started.url };
      pool.ids.set("c", (await world.api.admin.call("POST /nodes", { body })).id);
    } finally {
      await started.stop();
    }
    for (const when of ["at once", "after a turn"]) {
      expect(await world.heldOn(pool, few.versionId), when).toEqual(["a: route", "b: route"]);
      expect(await world.heldOn(pool, all.versionId), when).toEqual(["a: route", "b: route", "c: route"]);
      await world.settle();
    }
  });

  it("what was withdrawn stays where it is, and is told", async () => {
    const pool = await world.makePool(["a", "b"]);
    const { adapterId, versionId } = await world.liveTenant(pool);
    await world.api.deps.db.write(platformScope, ({ client }) =>
      client.adapterVersion.update({ where: { id: versionId }, data: { state: "quarantined" } }),
    );
    await world.setPlacement(adapterId, { replicas: 1, pinnedNodeIds: [] });
    await world.settle();
    expect(await world.heldOn(pool, versionId)).toEqual(["a: route", "b: route"]);
    expect((await world.readPlacement(adapterId)).unplaced[0]?.reason).toBe(
      "Version 1 is quarantined, so it can be loaded nowhere else: the adapter stays where it is.",
    );
  });

  it("a worker that lost its lease changes nothing", async () => {
    const pool = await world.makePool(["a", "b"]);
    const { adapterId, versionId } = await world.liveTenant(pool);
    await world.setPlacement(adapterId, { replicas: 1, pinnedNodeIds: [] });
    const before = await world.heldOn(pool, versionId);
    const stale = placeAll(world.api.deps, { signal: new AbortController().signal, term: 0n });
    await expect(stale).rejects.toThrow(/pools were not placed/);
    expect(await world.heldOn(pool, versionId)).toEqual(before);
  });
});
