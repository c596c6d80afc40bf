import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newId } from "#lib/platform/ids.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { createEvalWorld, type EvalWorld, problemOf } from "../testing/eval-world.ts";
import { flipped } from "../testing/gateway-double.ts";
import { settleFleet } from "../testing/settle-fleet.ts";

let world: EvalWorld;
beforeAll(async () => {
  world = await createEvalWorld();
});
afterAll(() => world.close());

const history = (tenantId: string, client = world.admin, query: { limit?: number; cursor?: string } = {}) =>
  client.call("GET /tenants/{tenantId}/answer-history", { params: { tenantId }, query });
const startRun = async (versionId: string, baseline: "base" | "standalone") => {
  const run = await world.admin.call("POST /versions/{versionId}/runs", { params: { versionId }, body: { baseline } });
  await settleFleet(world.db);
  return run;
};

describe("how a tenant's answers changed", () => {
  it("counts each judged gate from its verdict, passes over comparisons, and is empty before the first", async () => {
    const { tenantId, versionId } = await world.addTenant("changes", 20);
    expect(await history(tenantId)).toEqual({ items: [], nextCursor: null });
    const run = await startRun(versionId, "standalone");
    world.gateway.behave((seen, right) =>
      seen.nodeId === null && seen.evalCase.ordinal <= 2 ? flipped(right) : right,
    );
    await world.turn();
    world.gateway.behave((_seen, right) => right);
    await startRun(versionId, "base");
    await world.turn();
    const { items } = await history(tenantId);
    expect(items).toHaveLength(1);
    expect(items[0]).toMatchObject({
      runId: run.id,
      versionNumber: 1,
      against: "itself alone",
      outcome: "inconclusive",
      prompts: 20,
    });
    expect(items[0]?.modes.greedy).toMatchObject({
      changed: { value: 0.1, unit: "ratio", source: "derived", coverage: { seen: 20, of: 20 } },
      regressed: { value: 2 },
      improved: { value: 0 },
      flaky: { value: 0 },
      noiseFloor: { value: 0 },
    });
    const customer = await world.api.clientWith(["tenant:read"], tenantId);
    expect(await problemOf(history(tenantId, customer))).toMatchObject({ status: 403 });
    const viewer = await world.api.clientWith(["platform:read"]);
    expect((await history(tenantId, viewer)).items).toEqual(items);
    expect(await problemOf(history(newId("tenant")))).toMatchObject({ status: 404 });
  });

  it("says of a mode that nobody answered completely that it is unknown", async () => {
    const { tenantId, versionId } = await world.addTenant("silent", 10);
    await startRun(versionId, "standalone");
    await world.turn({ deps: { gatewayUrl: "http://127.0.0.1:1" } });
    const { items } = await history(tenantId);
    expect(items[0]?.modes.sampled).toMatchObject({
      changed: { value: null, coverage: { seen: 0, of: 10 } },
      noiseFloor: { value: null },
    });
  });

  it("reads 100 gates in one page within 250 ms", async () => {
    const [run] = (await world.admin.call("GET /runs", { query: { limit: 1 } })).items;
    const tenantId = run?.tenantId ?? "";
    await world.db.write(platformScope, async ({ client }) => {
      const row = await client.evalRun.findUniqueOrThrow({ where: { id: run?.id ?? "" }, include: { verdict: true } });
      const { verdict, baselineOrigin: _, conditions, ...rest } = row;
      const json = (value: unknown) => value as object;
      for (let at = 0; at < 100; at += 1) {
        const runId = newId("run");
        await client.evalRun.create({ data: { ...rest, id: runId, conditions: json(conditions) } });
        const said = { outcome: "pass" as const, modes: json(verdict?.modes), reasons: json(verdict?.reasons) };
        const ids = { id: newId("verdict"), runId, tenantId, versionId: row.candidateVersionId };
        await client.verdict.create({ data: { ...ids, ...said } });
      }
    });
    await history(tenantId, world.admin, { limit: 100 });
    const startedAt = performance.now();
    const page = await history(tenantId, world.admin, { limit: 100 });
    const tookMs = performance.now() - startedAt;
    expect(page.items).toHaveLength(100);
    const rest = await history(tenantId, world.admin, { limit: 100, cursor: page.nextCursor ?? "" });
    expect(rest.items).toHaveLength(1);
    expect(tookMs).toBeLessThan(250);
  });
});
