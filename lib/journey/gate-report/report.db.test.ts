import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEvalWorld, type EvalWorld, problemOf } from "#lib/evals/testing/eval-world.ts";
import { flipped } from "#lib/evals/testing/gateway-double.ts";
import { settleFleet } from "#lib/evals/testing/settle-fleet.ts";
import { newId } from "#lib/platform/ids.ts";

let world: EvalWorld;
beforeAll(async () => {
  world = await createEvalWorld();
});
afterAll(() => world.close());

const reportOf = (runId: string, client = world.admin) =>
  client.call("GET /runs/{runId}/report", { params: { runId } });

/** A completed gate whose candidate loses the first three prompts; the second is held out. */
async function lostGate(slug: string) {
  const { tenantId, adapterId, versionId } = await world.addTenant(slug, 20);
  const [suite] = (await world.admin.call("GET /suites", { query: { tenantId } })).items;
  const params = { suiteId: suite?.id ?? "" };
  const second = (await world.admin.call("GET /suites/{suiteId}/cases", { params, query: { limit: 2 } })).items[1];
  const body = { caseIds: [second?.id ?? ""], holdOut: true };
  await world.admin.call("POST /suites/{suiteId}/hold-out", { params, body, generation: suite?.generation ?? 0 });
  const run = await world.admin.call("POST /versions/{versionId}/runs", { params: { versionId }, body: {} });
  await settleFleet(world.db);
  world.gateway.behave((seen, right) => (seen.nodeId === null && seen.evalCase.ordinal <= 3 ? flipped(right) : right));
  await world.turn();
  world.gateway.behave((_seen, right) => right);
  return { tenantId, adapterId, versionId, runId: run.id };
}

describe("the report of a run", () => {
  it("says to staff what was lost, against what, and how often it was tried", async () => {
    const { runId, versionId } = await lostGate("told");
    const report = await reportOf(runId);
    expect(report).toMatchObject({
      tenantName: expect.any(String),
      against: "v1 itself, alone on the standalone node",
      sentence:
        "Inconclusive: 3 prompts of 20 are confirmed lost, but the run is too small to show that the loss stays below the limit.",
      heldOutPrompts: 1,
      lostNotShown: 0,
      expired: [],
      overrides: [],
      attempts: [{ runId, attempt: 1, gates: true, outcome: "inconclusive" }],
      run: { candidateVersionId: versionId, conditions: { candidate: { vllmVersion: "0.32.0" } } },
    });
    expect(report.lost.map(({ ordinal, heldOut, modes }) => [ordinal, heldOut, modes])).toEqual([
      [1, false, ["greedy", "sampled"]],
      [2, true, ["greedy", "sampled"]],
      [3, false, ["greedy", "sampled"]],
    ]);
    expect(
      report.lost[0]?.calls.some(({ candidateDiffers, baselineDiffers }) => candidateDiffers && !baselineDiffers),
    ).toBe(true);
  });

  it("counts for the customer what is held out, and tells nothing of nodes", async () => {
    const { runId, tenantId } = await lostGate("customer");
    const customer = await world.api.clientWith(["tenant:read"], tenantId);
    const report = await reportOf(runId, customer);
    expect(report).toMatchObject({
      against: "itself, on a machine of its own",
      heldOutPrompts: 1,
      lostNotShown: 1,
      expired: [],
    });
    expect(report.run.conditions).toBeNull();
    expect(report.lost.map(({ ordinal }) => ordinal)).toEqual([1, 3]);
    expect(JSON.stringify(report)).not.toContain("node-1");
  });

  it("is another tenant's to nobody, and of no run there is none", async () => {
    const { runId } = await lostGate("private");
    const { tenantId } = await world.addTenant("curious", 10);
    const other = await world.api.clientWith(["tenant:admin"], tenantId);
    expect(await problemOf(reportOf(runId, other))).toMatchObject({ status: 404 });
    expect(await problemOf(reportOf(newId("run")))).toMatchObject({ status: 404 });
    expect(await problemOf(reportOf("nonsense"))).toMatchObject({ status: 404 });
  });

  it("of a run that was not judged says only that, and shows an override for good", async () => {
    const { versionId, adapterId, tenantId } = await world.addTenant("unjudged", 10);
    const run = await world.admin.call("POST /versions/{versionId}/runs", { params: { versionId }, body: {} });
    await world.admin.call("POST /runs/{runId}/cancel", { params: { runId: run.id } });
    await world.admin.call("POST /adapters/{adapterId}/cutovers", {
      params: { adapterId },
      body: {
        toVersionId: versionId,
        overrideReason: "The customer asked for it in writing.",
        confirmTenant: "unjudged",
      },
    });
    expect(await reportOf(run.id)).toMatchObject({
      sentence: null,
      lost: [],
      lostNotShown: 0,
      attempts: [{ state: "cancelled", outcome: null }],
      overrides: [{ reason: "The customer asked for it in writing.", by: "key ADMIN_API_KEY" }],
    });
    const shown = await reportOf(run.id, await world.api.clientWith(["tenant:read"], tenantId));
    expect(shown.overrides).toMatchObject([{ by: "Your provider" }]);
    expect(JSON.stringify(shown)).not.toContain("ADMIN_API_KEY");
  });
});
