import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEvalWorld, type EvalWorld, problemOf } from "../../testing/eval-world.ts";
import { flipped } from "../../testing/gateway-double.ts";
import { parcelTools } from "../../testing/sample-tools.ts";
import { settleFleet } from "../../testing/settle-fleet.ts";

let world: EvalWorld;
beforeAll(async () => {
  world = await createEvalWorld();
});
afterAll(() => world.close());

const read = (tenantId: string, client = world.admin) =>
  client.call("GET /tenants/{tenantId}/suite-readiness", { params: { tenantId } });

describe("suite readiness", () => {
  it("follows a tenant from nothing to a suite that can gate, and to what its baseline fails", async () => {
    const tenant = await world.admin.call("POST /tenants", { body: { slug: "bare", name: "Bare" } });
    expect(await read(tenant.id)).toMatchObject({ suite: null, isGateable: false, failedCases: [] });

    const { tenantId, versionId } = await world.addTenant("ready", 200);
    const before = await read(tenantId);
    expect(before).toMatchObject({ isGateable: true, suite: { name: "Gate", caseCount: 200 } });
    expect(before.items.find(({ code }) => code === "baseline")).toMatchObject({
      state: "unknown",
      have: { value: null },
    });
    expect(before.sizes.map(({ prompts, calls }) => [prompts, calls.value])).toEqual([
      [200, 3600],
      [600, 10_800],
      [1000, 18_000],
    ]);
    world.gateway.behave((seen, right) => (seen.evalCase.ordinal <= 50 ? flipped(right) : right));
    await world.admin.call("POST /versions/{versionId}/runs", { params: { versionId }, body: {} });
    await settleFleet(world.db);
    await world.turn();
    const after = await read(tenantId);
    expect(after).toMatchObject({ isGateable: false });
    expect(after.items.find(({ code }) => code === "baseline")).toMatchObject({
      state: "missing",
      have: { value: 0.75 },
    });
    expect(after.failedCases).toHaveLength(50);
    expect(after.failedCases[0]).toMatchObject({ ordinal: 1 });

    const list = await world.admin.call("GET /suite-readiness", { query: {} });
    expect(list.items).toMatchObject([
      { tenantName: "ready", isGateable: true, categories: 18, duplicates: 0, heldOut: 0, hasTools: false },
      { tenantName: "Bare", isGateable: false, suite: null },
    ]);
    await world.admin.call("PUT /tenants/{tenantId}/tools", {
      params: { tenantId },
      generation: 0,
      body: { tools: parcelTools as never },
    });
    expect((await read(tenantId)).items.find(({ code }) => code === "tools")?.state).toBe("ok");
  });

  it("is each tenant's own", async () => {
    const mine = await world.addTenant("mine", 10);
    const other = await world.addTenant("other", 10);
    const customer = await world.api.clientWith(["tenant:read"], mine.tenantId);
    expect(await read(mine.tenantId, customer)).toMatchObject({ isGateable: false });
    expect(await problemOf(read(other.tenantId, customer))).toMatchObject({ code: "not_found" });
    const { items } = await customer.call("GET /suite-readiness", { query: {} });
    expect(items.map(({ tenantId }) => tenantId)).toEqual([mine.tenantId]);
  });
});
