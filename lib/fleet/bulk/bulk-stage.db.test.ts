import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestApi, type TestApi } from "#lib/api/testing/test-api.ts";
import { problemOf } from "#lib/evals/testing/eval-world.ts";
import { addNodeRow, holdersOf, settleFleet } from "#lib/evals/testing/settle-fleet.ts";
import { runJobsOnce } from "#lib/jobs/run-jobs.ts";
import { allItems } from "#lib/jobs/testing/job-world.ts";
import { newId } from "#lib/platform/ids.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { addVersionRow } from "#lib/registry/testing/add-version-row.ts";
import { addAdapter, addPool } from "#lib/registry/testing/register.ts";
import { stageHandler } from "./stage-handler.ts";

let api: TestApi;
let poolId: string;
let nodeId: string;
beforeAll(async () => {
  api = await createTestApi();
  poolId = (await addPool(api.admin, "pool", "/data/adapters", { maxLoras: 2, maxCpuLoras: 3 })).id;
  nodeId = (await addNodeRow(api.deps.db, { poolId, name: "node-1" })).id;
  await addNodeRow(api.deps.db, { poolId, name: "node-s", standalone: true });
});
afterAll(() => api.close());

const MB = 1_000_000;
let digits = 0;
/** A tenant with one version of 42 MB in a state. */
async function tenantWith(slug: string, state: "ready" | "rejected" | "draft") {
  digits += 1;
  const { tenant, adapter } = await addAdapter(api.admin, slug, poolId);
  const digest = digits.toString(16).padStart(64, "0");
  const versionId = await addVersionRow(api.deps, adapter.id, { number: 1, state, bytes: 42 * MB, digest });
  return { tenantId: tenant.id, adapterId: adapter.id, versionId };
}
type Body = { versionIds?: string[]; adapterIds?: string[]; filter?: { q?: string } };
const preview = (body: Body) => api.admin.call("POST /bulk/stage/preview", { body });
const stage = (body: Body) => api.admin.call("POST /bulk/stage", { body });
const run = () => runJobsOnce(api.deps, [stageHandler]);

describe("a preview", () => {
  it("says of each version what would happen, or why not, and what it comes to", async () => {
    const [ready, rejected] = [await tenantWith("pre-ready", "ready"), await tenantWith("pre-bad", "rejected")];
    const { items, totals } = await preview({ versionIds: [ready.versionId, rejected.versionId] });
    expect(items).toMatchObject([
      {
        label: "pre-bad/support-bot v1",
        act: false,
        reason: expect.stringContaining("rejected"),
        fix: expect.any(String),
      },
      { label: "pre-ready/support-bot v1", act: true, reason: "Loads on node-1.", tenantId: ready.tenantId },
    ]);
    expect(totals).toMatchObject({
      act: 1,
      skip: 1,
      withoutReady: 0,
      warnings: [],
      loaded: { figure: { value: 42 * MB, source: "derived" } },
      copied: { figure: { value: 0 } },
      duration: { figure: { value: 0.5, source: "inferred" }, note: expect.stringContaining("84 MB/s") },
      cost: { figure: { value: null } },
      nodes: [{ nodeName: "node-1", loads: 1, residentNow: 0, residentPeak: 1, places: 3, slots: 2 }],
    });
    expect(await holdersOf(api.deps.db, ready.versionId)).toEqual([]);
  });

  it("takes the median of the node's loads and its price, and warns when the CPU cache is too small", async () => {
    await api.deps.db.write(platformScope, async ({ client }) => {
      await client.node.update({ where: { id: nodeId }, data: { pricePerHour: 3600 } });
      for (const durationMs of [1_000, 2_000, 9_000])
        await client.loadEvent.create({
          data: { id: newId("loadEvent"), nodeId, kind: "load", outcome: "ok", durationMs, message: "" },
        });
    });
    const four = await Promise.all(["w1", "w2", "w3", "w4"].map((slug) => tenantWith(`warn-${slug}`, "ready")));
    const { totals } = await preview({ versionIds: four.map(({ versionId }) => versionId) });
    expect(totals.duration.figure.value).toBe(8);
    expect(totals.cost.figure.value).toBe(8);
    expect(totals.warnings).toHaveLength(1);
    expect(totals.nodes).toMatchObject([{ residentPeak: 4, places: 3 }]);
  });

  it("of a filter takes each adapter's newest ready version, and counts those without one", async () => {
    const { adapterId } = await tenantWith("flt-one", "ready");
    const newest = await addVersionRow(api.deps, adapterId, { number: 2, state: "ready", digest: "ef".repeat(32) });
    await addVersionRow(api.deps, adapterId, { number: 3, state: "rejected" });
    await tenantWith("flt-none", "draft");
    const { items, totals } = await preview({ filter: { q: "flt" } });
    expect(items.map(({ versionId }) => versionId)).toEqual([newest]);
    expect(totals).toMatchObject({ act: 1, withoutReady: 1 });
    expect((await preview({ adapterIds: [adapterId] })).items).toMatchObject([{ versionId: newest, act: true }]);
    expect(await preview({ filter: { q: "nobody" } })).toMatchObject({ items: [], totals: { act: 0, nodes: [] } });
  });
});

describe("staging many", () => {
  it("is one job with a result for each, and the second time there is nothing to do", async () => {
    const [one, two, bad] = [
      await tenantWith("st-one", "ready"),
      await tenantWith("st-two", "ready"),
      await tenantWith("st-bad", "rejected"),
    ];
    const versionIds = [one, two, bad].map(({ versionId }) => versionId);
    const job = await stage({ versionIds });
    expect(job).toMatchObject({ kind: "stage", title: "Stage 2 versions", total: 3, state: "queued" });
    // between the preview and its turn one of them was withdrawn
    await api.admin.call("POST /versions/{versionId}/retire", { params: { versionId: two.versionId } });
    await run();
    expect(await allItems(api.admin, job.id)).toMatchObject([
      { key: bad.versionId, state: "skipped", message: expect.stringContaining("rejected") },
      { key: one.versionId, state: "succeeded", result: { type: "version", id: one.versionId } },
      { key: two.versionId, state: "skipped", message: expect.stringContaining("retired") },
    ]);
    expect(await holdersOf(api.deps.db, one.versionId)).toEqual([`stage:${one.versionId}`]);
    await settleFleet(api.deps.db);
    expect((await problemOf(stage({ versionIds }))).code).toBe("nothing_to_do");
    const again = await preview({ versionIds: [one.versionId] });
    expect(again.items).toMatchObject([{ act: false, reason: "It is wanted on node-1 already." }]);
  });

  it("asked for twice at once comes to the same as once", async () => {
    const { versionId } = await tenantWith("twice", "ready");
    const jobs = [await stage({ versionIds: [versionId, versionId] }), await stage({ versionIds: [versionId] })];
    await run();
    const [first, second] = await Promise.all(jobs.map(({ id }) => allItems(api.admin, id)));
    expect([first?.length, second?.length]).toEqual([1, 1]);
    expect([first?.[0]?.state, second?.[0]?.state].sort()).toEqual(["skipped", "succeeded"]);
    expect(await holdersOf(api.deps.db, versionId)).toEqual([`stage:${versionId}`]);
  });

  it("is refused without a choice, with two, with a stranger, with nothing that matches", async () => {
    const { versionId } = await tenantWith("refused", "ready");
    const codeOf = async (body: Body) => (await problemOf(stage(body))).errors[0];
    expect(await codeOf({})).toMatchObject({ field: "versionIds", code: "choose_one" });
    expect(await codeOf({ versionIds: [versionId], filter: {} })).toMatchObject({ code: "choose_one" });
    expect(await codeOf({ versionIds: [newId("version")] })).toMatchObject({ code: "unknown_version" });
    expect(await codeOf({ adapterIds: [newId("adapter")] })).toMatchObject({ code: "unknown_adapter" });
    expect(await codeOf({ filter: { q: "nobody" } })).toMatchObject({ field: "filter", code: "nothing_matches" });
  });

  it("is not for viewers, and not for customers, whoever's versions they name", async () => {
    const { versionId, tenantId } = await tenantWith("others", "ready");
    const viewer = await api.clientWith(["platform:read"]);
    const customer = await api.clientWith(["tenant:admin"], tenantId);
    for (const client of [viewer, customer])
      for (const path of ["POST /bulk/stage", "POST /bulk/stage/preview"] as const)
        expect((await problemOf(client.call(path, { body: { versionIds: [versionId] } }))).status).toBe(403);
  });
});
