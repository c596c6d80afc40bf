import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runJobsOnce } from "#lib/jobs/run-jobs.ts";
import { allItems } from "#lib/jobs/testing/job-world.ts";
import { addAdapter } from "#lib/registry/testing/register.ts";
import { createEvalWorld, type EvalWorld, problemOf } from "../testing/eval-world.ts";
import { settleFleet } from "../testing/settle-fleet.ts";
import { gateHandler } from "./gate-handler.ts";

let world: EvalWorld;
beforeAll(async () => {
  world = await createEvalWorld();
});
afterAll(() => world.close());

const preview = (versionIds: string[]) => world.admin.call("POST /bulk/gate/preview", { body: { versionIds } });
const gate = (versionIds: string[]) => world.admin.call("POST /bulk/gate", { body: { versionIds } });

describe("gates of many", () => {
  it("start one run each with the tenant's suite; who has none is skipped with the fix", async () => {
    const ready = await world.addTenant("acme", 10);
    const { adapter } = await addAdapter(world.admin, "bare", world.poolId);
    const bare = await world.addVersion(adapter.id);
    const suspended = await world.addTenant("late", 10);
    const versionIds = [ready.versionId, bare, suspended.versionId];

    const before = await preview(versionIds);
    expect(before.items).toMatchObject([
      { versionId: ready.versionId, act: true, reason: expect.stringContaining("10 prompts of Gate, 180 calls") },
      { versionId: bare, act: false, fix: expect.stringContaining("Generate one") },
      { versionId: suspended.versionId, act: true },
    ]);
    expect(before.totals).toMatchObject({
      act: 2,
      skip: 1,
      calls: { figure: { value: 360, source: "derived" } },
      asking: { figure: { value: null }, note: expect.stringContaining("No evaluation") },
      cost: { figure: { value: null } },
    });
    // the standalone node holds the baselines
    expect(before.totals.nodes.map(({ nodeName, residentPeak }) => [nodeName, residentPeak])).toEqual([
      ["node-1", 2],
      ["node-s", 2],
    ]);

    const job = await gate(versionIds);
    expect(job).toMatchObject({ kind: "gate", title: "Start the gates of 2 versions", total: 3 });
    const { generation } = await world.admin.call("GET /tenants/{tenantId}", {
      params: { tenantId: suspended.tenantId },
    });
    await world.admin.call("PATCH /tenants/{tenantId}", {
      params: { tenantId: suspended.tenantId },
      generation,
      body: { status: "suspended" },
    });
    await runJobsOnce(world.api.deps, [gateHandler]);
    const items = await allItems(world.admin, job.id);
    expect(items).toMatchObject([
      { key: ready.versionId, state: "succeeded", result: { type: "run" } },
      { key: bare, state: "skipped", fix: expect.stringContaining("Generate one") },
      { key: suspended.versionId, state: "skipped", message: expect.stringContaining("suspended") },
    ]);
    const { items: runs } = await world.admin.call("GET /runs", { query: { versionId: ready.versionId } });
    expect(runs).toMatchObject([{ id: items[0]?.result?.id, state: "queued" }]);

    const again = await problemOf(gate([ready.versionId]));
    expect(again).toMatchObject({ code: "nothing_to_do", detail: "It is being evaluated already." });
    await settleFleet(world.db);
    await world.turn();
    // what was measured once says how long the next ones take
    const { totals } = await preview([ready.versionId]);
    expect(totals.asking).toMatchObject({
      figure: { source: "inferred", value: expect.any(Number) },
      note: expect.stringMatching(/^Median \d+ ms, of the latest 180 answers/),
    });
  }, 120_000);

  it("are not for viewers or customers", async () => {
    const { versionId, tenantId } = await world.addTenant("mine", 10);
    const clients = [
      await world.api.clientWith(["platform:read"]),
      await world.api.clientWith(["platform:operate"]),
      await world.api.clientWith(["tenant:admin"], tenantId),
    ];
    for (const client of clients)
      for (const path of ["POST /bulk/gate", "POST /bulk/gate/preview"] as const)
        expect((await problemOf(client.call(path, { body: { versionIds: [versionId] } }))).status).toBe(403);
  });
});
