import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { problemOf } from "#lib/evals/testing/eval-world.ts";
import type { SetPlacement } from "../schema.ts";
import { createPlacementWorld, nodeIdOf, type PlacementWorld } from "../testing/placement-world.ts";

let world: PlacementWorld;
beforeAll(async () => {
  world = await createPlacementWorld();
});
afterAll(() => world.close());

describe("the number of an adapter", () => {
  it("is refused with its field when its pins make no sense, and nothing changes", async () => {
    const pool = await world.makePool(["a", "b"]);
    const other = await world.makePool(["z"]);
    const alone = await world.addNode(pool, "s", { standalone: true });
    const { adapterId } = await world.addTenant(pool);
    const before = await world.readPlacement(adapterId);
    const a = nodeIdOf(pool, "a");
    const cases: [SetPlacement, string][] = [
      [{ replicas: 1, pinnedNodeIds: ["node_nowhere"] }, "unknown_node"],
      [{ replicas: 1, pinnedNodeIds: [nodeIdOf(other, "z")] }, "node_not_in_pool"],
      [{ replicas: 1, pinnedNodeIds: [alone] }, "node_standalone"],
      [{ replicas: 1, pinnedNodeIds: [a, nodeIdOf(pool, "b")] }, "too_many_pins"],
    ];
    for (const [body, code] of cases) {
      const problem = await problemOf(world.setPlacement(adapterId, body));
      expect(problem).toMatchObject({ status: 422, code, errors: [{ field: "pinnedNodeIds", code }] });
      expect(problem.errors[0]?.fix).not.toBe("");
    }
    for (const body of [
      { replicas: 0, pinnedNodeIds: [] },
      { replicas: 1.5, pinnedNodeIds: [] },
    ])
      expect(await problemOf(world.setPlacement(adapterId, body))).toMatchObject({ errors: [{ field: "replicas" }] });
    expect(await world.readPlacement(adapterId)).toMatchObject({ generation: before.generation, replicas: null });
    const twice = await world.setPlacement(adapterId, { replicas: 2, pinnedNodeIds: [a, a] });
    expect(twice.pinnedNodeIds).toEqual([a]);
  });

  it("is set once for what was seen, and says what counts", async () => {
    const pool = await world.makePool(["a", "b"]);
    const { adapterId, tenantId } = await world.addTenant(pool);
    const { generation } = await world.readPlacement(adapterId);
    const put = () =>
      world.api.admin.call("PUT /adapters/{adapterId}/placement", {
        params: { adapterId },
        generation,
        body: { replicas: 2, pinnedNodeIds: [] },
      });
    expect(await put()).toMatchObject({ replicas: 2, effectiveReplicas: 2, generation: generation + 1, demand: null });
    expect(await problemOf(put())).toMatchObject({ code: "stale" });
    const trail = await world.api.admin.call("GET /audit", { query: { objectId: adapterId } });
    expect(trail.items.map(({ action }) => action)).toEqual(["adapter.place", "adapter.create"]);
    expect(trail.items[0]).toMatchObject({ tenantId });
    await world.setPlacement(adapterId, { replicas: null, pinnedNodeIds: [] });
    await world.setReplicas(pool, 1);
    expect(await world.readPlacement(adapterId)).toMatchObject({ replicas: null, effectiveReplicas: 1 });
  });

  it("is the platform's to set, an auditor's to read, and no customer's business", async () => {
    const pool = await world.makePool(["a"]);
    const { adapterId, tenantId } = await world.addTenant(pool);
    const body = { replicas: 1, pinnedNodeIds: [] };
    const auditor = await world.api.clientWith(["platform:read"]);
    expect((await world.readPlacement(adapterId, auditor)).adapterId).toBe(adapterId);
    expect((await world.planOf(pool, auditor)).poolId).toBe(pool.poolId);
    expect(await problemOf(world.setPlacement(adapterId, body, auditor))).toMatchObject({ status: 403 });
    expect(await problemOf(world.apply(pool, auditor))).toMatchObject({ status: 403 });
    const stranger = await world.addTenant(pool);
    for (const scope of ["tenant:admin", "tenant:read"] as const)
      for (const id of [tenantId, stranger.tenantId]) {
        const customer = await world.api.clientWith([scope], id);
        const calls = [
          () => world.readPlacement(adapterId, customer),
          () => world.setPlacement(adapterId, body, customer),
          () => world.planOf(pool, customer),
          () => world.apply(pool, customer),
        ];
        for (const call of calls) expect([403, 404]).toContain((await problemOf(call())).status);
      }
    const own = await world.api.clientWith(["tenant:read"], tenantId);
    const seen = await own.call("GET /adapters/{adapterId}", { params: { adapterId } });
    expect(Object.keys(seen)).not.toContain("pinnedNodeIds");
  });
});
