import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Client } from "#lib/api/client.ts";
import { newId } from "#lib/platform/ids.ts";
import { platformScope, tenantScope } from "#lib/platform/scope.ts";
import type { CaseInput } from "../browser/suite-schema.ts";
import { createEvalWorld, type EvalWorld, problemOf, SEED } from "../testing/eval-world.ts";
import { settleFleet } from "../testing/settle-fleet.ts";
import { readCases } from "./case-store.ts";
import { generateSuite } from "./generator/generate-suite.ts";
import { hashOf } from "./suite-hash.ts";

let world: EvalWorld;
let admin: Client;
beforeAll(async () => {
  world = await createEvalWorld();
  admin = world.admin;
});
afterAll(() => world.close());

const suiteOf = async (tenantId: string) => {
  const [suite] = (await admin.call("GET /suites", { query: { tenantId } })).items;
  if (!suite) throw new Error("no suite");
  return suite;
};
const casesOf = async (suiteId: string, query: Record<string, string> = {}, client = admin) =>
  client.call("GET /suites/{suiteId}/cases", { params: { suiteId }, query: { limit: 200, ...query } });
const copy = (suiteId: string, name?: string) =>
  admin.call("POST /suites/{suiteId}/copy", { params: { suiteId }, body: name ? { name } : {} });

const input: CaseInput = {
  category: "by_hand",
  holdOut: false,
  tags: ["from_support"],
  messages: [{ role: "user", content: "Cancel order A-1." }],
  tools: [
    {
      type: "function",
      function: {
        name: "cancel_order",
        description: "Cancel one order.",
        parameters: { type: "object", properties: { id: { type: "string" } }, required: ["id"] },
      },
    },
  ],
  expected: { calls: [{ name: "cancel_order", arguments: '{"id":"A-1"}' }], alternatives: [], reason: "it is said" },
};

describe("a suite", () => {
  it("has the hash that suites always had, read back from the catalog", async () => {
    const { tenantId } = await world.addTenant("hashed", 200);
    const suite = await suiteOf(tenantId);
    expect(suite.hash).toBe(hashOf(generateSuite({ seed: SEED, count: 200 })));
    const stored = await world.db.read(platformScope, (tx) => readCases(tx, suite.id));
    expect(hashOf(stored.map(({ caseId: _row, ...evalCase }) => evalCase))).toBe(suite.hash);
  });

  it("is edited as a copy: prompts are added, changed and removed, and every step is hashed anew", async () => {
    const { tenantId } = await world.addTenant("edited", 20);
    const first = await suiteOf(tenantId);
    const second = await copy(first.id);
    expect(second).toMatchObject({ name: "Gate", revision: 2, source: "edit", basedOnId: first.id, hash: first.hash });
    const params = { suiteId: second.id };
    const added = await admin.call("POST /suites/{suiteId}/cases", { params, generation: 1, body: input });
    expect(added).toMatchObject({
      suite: { caseCount: 21, generation: 2 },
      case: { key: "by_hand-001", ordinal: 21, tags: ["from_support"] },
    });
    expect(added.suite.hash).not.toBe(first.hash);

    const changed = await admin.call("PUT /suites/{suiteId}/cases/{caseId}", {
      params: { ...params, caseId: added.case.id },
      generation: 2,
      body: { ...input, holdOut: true, expected: { ...input.expected, reason: "it is said so" } },
    });
    expect(changed).toMatchObject({ suite: { heldOut: 1 }, case: { holdOut: true, ordinal: 21, key: "by_hand-001" } });
    const [one, two] = (await casesOf(second.id)).items;
    const removed = await admin.call("DELETE /suites/{suiteId}/cases/{caseId}", {
      params: { ...params, caseId: one?.id ?? "" },
      generation: 3,
    });
    expect(removed).toMatchObject({ caseCount: 20, generation: 4 });
    const left = (await casesOf(second.id)).items;
    expect(left.map(({ ordinal }) => ordinal)).toEqual(Array.from({ length: 20 }, (_, at) => at + 1));
    expect(left[0]?.id).toBe(two?.id);
    expect((await casesOf(first.id)).items).toHaveLength(20);

    // the way back leads to the same identity
    const third = await copy(first.id, "Other");
    const twice = await admin.call("POST /suites/{suiteId}/cases", {
      params: { suiteId: third.id },
      generation: 1,
      body: input,
    });
    const back = await admin.call("DELETE /suites/{suiteId}/cases/{caseId}", {
      params: { suiteId: third.id, caseId: twice.case.id },
      generation: 2,
    });
    expect(back).toMatchObject({ name: "Other", revision: 1, hash: first.hash });
  });

  it("refuses what would spoil it, each with the field and the fix, and keeps nothing of it", async () => {
    const { tenantId } = await world.addTenant("spoilt", 20);
    const { id: suiteId } = await copy((await suiteOf(tenantId)).id);
    const params = { suiteId };
    const add = (body: CaseInput, generation = 1) =>
      problemOf(admin.call("POST /suites/{suiteId}/cases", { params, generation, body }));
    expect(await add(input, 7)).toMatchObject({ code: "stale" });
    const calls = [{ name: "cancel_order", arguments: '{"id":1}' }];
    const broken = { ...input, expected: { ...input.expected, calls } };
    expect(await add(broken)).toMatchObject({
      code: "breaks_schema",
      errors: [{ field: "expected.calls.0.arguments", fix: expect.stringMatching(/\S/) }],
    });
    const found = await admin.call("POST /suites/{suiteId}/cases/check", { params, body: broken });
    expect(found.problems).toMatchObject([{ code: "breaks_schema" }]);
    const [known] = (await casesOf(suiteId)).items;
    if (!known) throw new Error("no case");
    const { id: _id, ordinal: _ordinal, key: _key, template: _template, ...same } = known;
    expect(await add({ ...same, category: "again" })).toMatchObject({ code: "prompt_twice" });
    const matcher = { tool: "nobody", path: "$.id", matcher: "ignore" } as const;
    const patch = admin.call("PATCH /suites/{suiteId}", { params, generation: 1, body: { matchers: [matcher] } });
    expect(await problemOf(patch)).toMatchObject({ code: "unknown_tool" });
    const held = { caseIds: [newId("case")], holdOut: true };
    expect(
      await problemOf(admin.call("POST /suites/{suiteId}/hold-out", { params, generation: 1, body: held })),
    ).toMatchObject({ code: "unknown_case" });
    expect(await admin.call("GET /suites/{suiteId}", { params })).toMatchObject({ generation: 1, caseCount: 20 });
  });

  it("declares how arguments are compared, as a part of its hash", async () => {
    const { tenantId } = await world.addTenant("matched", 20);
    const second = await copy((await suiteOf(tenantId)).id);
    const tool = (await casesOf(second.id)).items[0]?.tools[0]?.function.name ?? "";
    const params = { suiteId: second.id };
    const set = (generation: number, matchers: { tool: string; path: string; matcher: "ignore" | "set" }[]) =>
      admin.call("PATCH /suites/{suiteId}", { params, generation, body: { matchers } });
    const changed = await set(1, [{ tool, path: "$.id", matcher: "ignore" }]);
    expect(changed.hash).not.toBe(second.hash);
    const stored = await world.db.read(platformScope, (tx) => readCases(tx, second.id));
    expect(stored.some(({ matchers }) => matchers?.[0]?.matcher === "ignore")).toBe(true);
    expect(stored.every(({ tools, matchers }) => !matchers || tools.some((t) => t.function.name === tool))).toBe(true);
    expect((await copy(second.id)).matchers).toEqual(changed.matchers);
    expect((await set(2, [])).hash).toBe(second.hash);
  });

  it("is found by category, words, hold-out and kind of answer", async () => {
    const { tenantId } = await world.addTenant("found", 90);
    const { id } = await suiteOf(tenantId);
    const all = await casesOf(id);
    expect(all.categories.reduce((sum, { count }) => sum + count, 0)).toBe(90);
    const category = all.categories[0]?.name ?? "";
    expect((await casesOf(id, { category })).items.every((row) => row.category === category)).toBe(true);
    const none = await casesOf(id, { expects: "no_call" });
    expect(none.items.length).toBeGreaterThan(0);
    expect(none.items.every(({ expected }) => expected.calls.length === 0)).toBe(true);
    expect((await casesOf(id, { expects: "call" })).items).toHaveLength(90 - none.items.length);
    const words = all.items[0]?.messages.at(-1)?.content?.slice(0, 20) ?? "";
    expect((await casesOf(id, { q: words })).items.length).toBeGreaterThan(0);
    expect((await casesOf(id, { q: "100%_\\" })).items).toEqual([]);
    expect((await casesOf(id, { holdOut: "yes" })).items).toEqual([]);
  });
});

describe("once a run used it", () => {
  it("nothing of a suite changes: neither by the API nor in the database", async () => {
    const { tenantId, versionId } = await world.addTenant("final", 10);
    const suite = await suiteOf(tenantId);
    const run = await admin.call("POST /versions/{versionId}/runs", { params: { versionId }, body: {} });
    await admin.call("POST /runs/{runId}/cancel", { params: { runId: run.id } });
    const params = { suiteId: suite.id };
    expect(await admin.call("GET /suites/{suiteId}", { params })).toMatchObject({ isFinal: true });
    const caseId = (await casesOf(suite.id)).items[0]?.id ?? "";
    const generation = 1;
    const body = { caseIds: [caseId], holdOut: true };
    const refused = { code: "suite_final", fix: "Edit it as a new revision." };
    for (const call of [
      () => admin.call("POST /suites/{suiteId}/cases", { params, generation, body: input }),
      () =>
        admin.call("PUT /suites/{suiteId}/cases/{caseId}", { params: { ...params, caseId }, generation, body: input }),
      () => admin.call("DELETE /suites/{suiteId}/cases/{caseId}", { params: { ...params, caseId }, generation }),
      () => admin.call("PATCH /suites/{suiteId}", { params, generation, body: { matchers: [] } }),
      () => admin.call("POST /suites/{suiteId}/hold-out", { params, generation, body }),
    ])
      expect(await problemOf(call())).toMatchObject(refused);
    const where = { suiteId: suite.id };
    const raw = (change: (client: Parameters<Parameters<typeof world.db.write>[1]>[0]["client"]) => Promise<unknown>) =>
      world.db.write(platformScope, ({ client }) => change(client));
    const [row] = await world.db.read(platformScope, ({ client }) => client.evalCase.findMany({ where, take: 1 }));
    if (!row) throw new Error("no case");
    const { expected, messages, tools, ...columns } = row;
    const extra = { ...columns, id: newId("case"), ordinal: 99, expected: {}, messages: [], tools: [] };
    for (const change of [
      () => raw((client) => client.evalCase.updateMany({ where, data: { category: "x" } })),
      () => raw((client) => client.evalCase.deleteMany({ where })),
      () => raw((client) => client.evalCase.create({ data: extra })),
      () => raw((client) => client.evalSuite.updateMany({ where: { id: suite.id }, data: { hash: "x" } })),
      () => raw((client) => client.evalSuite.deleteMany({ where: { id: suite.id } })),
    ])
      await expect(change()).rejects.toThrow(/used by a run/);
    // with its tenant it may go
    const undo = new Error("undo");
    const gone = world.db.write(platformScope, async ({ client }) => {
      await client.$executeRaw`DELETE FROM "EvalRun" WHERE "suiteId" = ${suite.id}`;
      await client.evalSuite.deleteMany({ where: { id: suite.id } });
      throw undo;
    });
    await expect(gone).rejects.toBe(undo);
  });

  it("the gate still takes the newest that is long enough, not a short one made since", async () => {
    const { tenantId, versionId } = await world.addTenant("chosen", 200);
    const long = await suiteOf(tenantId);
    const params = { tenantId };
    await admin.call("POST /tenants/{tenantId}/suites", { params, body: { name: "Short", count: 10 } });
    const run = await admin.call("POST /versions/{versionId}/runs", { params: { versionId }, body: {} });
    expect(run.suiteId).toBe(long.id);
    await admin.call("POST /runs/{runId}/cancel", { params: { runId: run.id } });
  });
});

describe("a customer", () => {
  it("sees neither a prompt that is held out nor what was answered to it, and is told how many there are", async () => {
    const { tenantId, versionId } = await world.addTenant("held", 20);
    const { id: suiteId } = await copy((await suiteOf(tenantId)).id);
    const ids = (await casesOf(suiteId)).items.map(({ id }) => id);
    const hidden = ids.slice(0, 5);
    const body = { caseIds: hidden, holdOut: true };
    const suite = await admin.call("POST /suites/{suiteId}/hold-out", { params: { suiteId }, generation: 1, body });
    expect(suite.heldOut).toBe(5);
    const run = await admin.call("POST /versions/{versionId}/runs", { params: { versionId }, body: { suiteId } });
    await settleFleet(world.db);
    await world.turn();
    const customer = await world.api.clientWith(["tenant:admin"], tenantId);
    const shown = await casesOf(suiteId, {}, customer);
    expect(shown).toMatchObject({ hidden: 5 });
    expect(shown.items.map(({ id }) => id)).toEqual(ids.slice(5));
    expect(shown.categories.reduce((sum, { count }) => sum + count, 0)).toBe(15);
    expect((await casesOf(suiteId, { holdOut: "yes" }, customer)).items).toEqual([]);
    const hiddenCase = customer.call("GET /suites/{suiteId}/cases/{caseId}", {
      params: { suiteId, caseId: hidden[0] ?? "" },
    });
    expect(await problemOf(hiddenCase)).toMatchObject({ code: "not_found" });
    const open = { suiteId, caseId: ids[5] ?? "" };
    expect(await customer.call("GET /suites/{suiteId}/cases/{caseId}", { params: open })).toMatchObject({ id: ids[5] });
    const params = { runId: run.id };
    const samples = (client: Client) => client.call("GET /runs/{runId}/samples", { params, query: { limit: 200 } });
    expect((await samples(admin)).items).toHaveLength(20);
    const theirs = await samples(customer);
    expect(theirs.items).toHaveLength(15);
    expect(theirs.counts.all).toBe(15);
    const one = customer.call("GET /runs/{runId}/samples/{caseId}", { params: { ...params, caseId: hidden[0] ?? "" } });
    expect(await problemOf(one)).toMatchObject({ code: "not_found" });
    // whatever a query asks for
    const raw = await world.db.read(tenantScope(tenantId), async ({ client }) => ({
      cases: await client.evalCase.count({ where: { suiteId } }),
      samples: await client.evalSample.count({ where: { caseId: { in: hidden } } }),
      others: await client.evalSample.count({ where: { runId: run.id } }),
    }));
    expect(raw).toEqual({ cases: 15, samples: 0, others: 270 });
  });

  it("edits nothing, and neither does staff who only reads", async () => {
    const { tenantId } = await world.addTenant("readers", 10);
    const { id: suiteId } = await suiteOf(tenantId);
    const params = { suiteId };
    for (const client of [
      await world.api.clientWith(["tenant:admin"], tenantId),
      await world.api.clientWith(["platform:read"]),
      await world.api.clientWith(["platform:operate"]),
    ])
      for (const call of [
        () => client.call("POST /suites/{suiteId}/copy", { params, body: {} }),
        () => client.call("POST /suites/{suiteId}/cases", { params, generation: 1, body: input }),
        () => client.call("POST /suites/{suiteId}/cases/check", { params, body: input }),
      ])
        expect((await problemOf(call())).status).toBe(403);
  });
});
