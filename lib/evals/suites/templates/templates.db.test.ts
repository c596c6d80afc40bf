import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runJobsOnce } from "#lib/jobs/run-jobs.ts";
import { allItems } from "#lib/jobs/testing/job-world.ts";
import { starterPatterns } from "../../browser/starter-template.ts";
import { createEvalWorld, type EvalWorld, problemOf } from "../../testing/eval-world.ts";
import { parcelTools } from "../../testing/sample-tools.ts";
import { bindHandler } from "./bind-handler.ts";

let world: EvalWorld;
const tenantIds: string[] = [];
beforeAll(async () => {
  world = await createEvalWorld();
  for (const slug of ["one", "two", "three"]) {
    const { id } = await world.admin.call("POST /tenants", { body: { slug, name: slug } });
    tenantIds.push(id);
  }
  for (const tenantId of tenantIds.slice(0, 2))
    await world.admin.call("PUT /tenants/{tenantId}/tools", {
      params: { tenantId },
      generation: 0,
      body: { tools: parcelTools as never, roles: { book_pickup: "update" } },
    });
});
afterAll(() => world.close());

const patterns = [...starterPatterns];
const write = (name: string, client = world.admin) =>
  client.call("POST /suite-templates", { body: { name, description: "Parcels.", patterns } });

describe("a template", () => {
  it("is written, replaced and deleted; whoever was too late is told", async () => {
    const template = await write("Drafts");
    expect(template).toMatchObject({ generation: 1, patterns: { length: 20 } });
    expect(await problemOf(write("Drafts"))).toMatchObject({ code: "name_taken" });
    const params = { templateId: template.id };
    const broken = [
      { ...patterns[0], name: "x", category: "c", turns: [{ role: "user" as const, text: "{nobody.id}" }] },
    ];
    expect(
      await problemOf(world.admin.call("POST /suite-templates", { body: { name: "Broken", patterns: broken } })),
    ).toMatchObject({
      errors: [
        { field: "patterns.0.turns.0.text", code: "bad_slot", fix: expect.stringMatching(/\S/) },
        { code: "no_slot" },
      ],
    });
    const put = (generation: number) =>
      world.admin.call("PUT /suite-templates/{templateId}", {
        params,
        generation,
        body: { name: "Drafts 2", patterns: patterns.slice(0, 3) },
      });
    expect(await put(1)).toMatchObject({ name: "Drafts 2", generation: 2, patterns: { length: 3 } });
    expect(await problemOf(put(1))).toMatchObject({ code: "stale" });
    expect(
      await problemOf(world.admin.call("DELETE /suite-templates/{templateId}", { params, generation: 1 })),
    ).toMatchObject({ code: "stale" });
    await world.admin.call("DELETE /suite-templates/{templateId}", { params, generation: 2 });
    expect(await problemOf(world.admin.call("GET /suite-templates/{templateId}", { params }))).toMatchObject({
      code: "not_found",
    });
  });

  it("is bound to many by one job: a preview says what comes of it, and again makes nothing twice", async () => {
    const { id: templateId } = await write("Parcels");
    const params = { templateId };
    const body = { tenantIds, perPattern: 12 };
    const before = await world.admin.call("POST /suite-templates/{templateId}/preview", { params, body });
    expect(before.totals).toMatchObject({ act: 2, skip: 1, largeEnough: 2 });
    expect(before.items).toMatchObject([
      { tenantName: "one", act: true, isLargeEnough: true, missing: { length: 2 } },
      { tenantName: "three", act: false, reason: expect.stringContaining("not known"), fix: "Set its tools first." },
      { tenantName: "two", act: true },
    ]);
    const bind = () => world.admin.call("POST /suite-templates/{templateId}/bind", { params, body });
    const job = await bind();
    expect(job).toMatchObject({ kind: "bind_template", title: "Bind Parcels to 2 tenants", total: 3 });
    await runJobsOnce(world.api.deps, [bindHandler]);
    const items = await allItems(world.admin, job.id);
    expect(items.map(({ state }) => state)).toEqual(["succeeded", "skipped", "succeeded"]);
    const [suite] = (await world.admin.call("GET /suites", { query: { tenantId: tenantIds[0] } })).items;
    expect(suite).toMatchObject({
      id: items[0]?.result?.id,
      name: "Parcels",
      source: "template",
      templateId,
      isLargeEnough: true,
      remarks: { length: 2 },
    });
    expect(suite?.heldOut).toBe(12);
    const again = await bind();
    await runJobsOnce(world.api.deps, [bindHandler]);
    expect((await allItems(world.admin, again.id)).map(({ state }) => state)).toEqual([
      "skipped",
      "skipped",
      "skipped",
    ]);
    expect((await world.admin.call("GET /suites", { query: { tenantId: tenantIds[0] } })).items).toHaveLength(1);
    const third = world.admin.call("POST /suite-templates/{templateId}/bind", {
      params,
      body: { tenantIds: [tenantIds[2] ?? ""] },
    });
    expect(await problemOf(third)).toMatchObject({ code: "nothing_to_do" });
  });

  it("is the platform's: customers do not see it, readers do not write it", async () => {
    const customer = await world.api.clientWith(["tenant:admin"], tenantIds[0] ?? "");
    expect((await problemOf(customer.call("GET /suite-templates", { query: {} }))).status).toBe(403);
    expect((await problemOf(write("No", customer))).status).toBe(403);
    const reader = await world.api.clientWith(["platform:read"]);
    expect((await reader.call("GET /suite-templates", { query: {} })).items.length).toBeGreaterThan(0);
    expect((await problemOf(write("No", reader))).status).toBe(403);
  });
});
