import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEvalWorld, type EvalWorld, problemOf } from "../../testing/eval-world.ts";
import { parcelTools } from "../../testing/sample-tools.ts";

let world: EvalWorld;
let tenantId: string;
beforeAll(async () => {
  world = await createEvalWorld();
  ({ tenantId } = await world.addTenant("parcels", 10));
});
afterAll(() => world.close());

const put = (tools: unknown, generation: number, roles = {}, client = world.admin) =>
  client.call("PUT /tenants/{tenantId}/tools", {
    params: { tenantId },
    generation,
    body: { tools, roles } as { tools: [] },
  });
const read = (client = world.admin) => client.call("GET /tenants/{tenantId}/tools", { params: { tenantId } });
const create = (body: { name: string; count?: number; holdOutShare?: number }) =>
  world.admin.call("POST /tenants/{tenantId}/suites", { params: { tenantId }, body: { from: "tools", ...body } });
const withParameters = (parameters: object) => [{ type: "function", function: { name: "t", parameters } }];

describe("a tenant's tools", () => {
  it("are none at first, and a suite over them says so", async () => {
    expect(await read()).toMatchObject({ tools: [], generation: 0, hash: null });
    expect(await problemOf(create({ name: "Own" }))).toMatchObject({ code: "no_tools" });
  });

  it("are refused with field, rule and fix where they could do harm, and nothing is kept", async () => {
    const deep = JSON.parse(`${'{"type":"object","properties":{"a":'.repeat(1000)}{}${"}}".repeat(1000)}`);
    const cases: [unknown, string][] = [
      [withParameters({ type: "object", properties: { a: { $ref: "https://example.com/s.json" } } }), "remote_ref"],
      [withParameters({ type: "object", properties: { a: { type: "string", pattern: "(a+)+$" } } }), "unsafe_pattern"],
      [withParameters(deep), "schema_too_deep"],
      [[...withParameters({}), ...withParameters({})], "duplicate_tool"],
      [Array.from({ length: 129 }, (_, at) => ({ type: "function", function: { name: `t${at}` } })), "too_many_tools"],
    ];
    for (const [tools, code] of cases)
      expect(await problemOf(put(tools, 0))).toMatchObject({
        code,
        errors: [{ code, field: expect.stringMatching(/^tools/), fix: expect.stringMatching(/\S/) }],
      });
    expect(await problemOf(put([], 0))).toMatchObject({ status: 422 });
    expect(await read()).toMatchObject({ generation: 0 });
  });

  it("are kept as a whole, with what each is for, and say what suites can try with them", async () => {
    const kept = await put(parcelTools, 0, { book_pickup: "update" });
    expect(kept).toMatchObject({
      generation: 1,
      roles: { create_shipment: "create", get_shipment: "lookup", cancel_shipment: "cancel", book_pickup: "update" },
    });
    expect(kept.categories.length).toBeGreaterThanOrEqual(12);
    expect(kept.categories.every(({ isCovered }) => isCovered)).toBe(true);
    expect(await problemOf(put(parcelTools, 0))).toMatchObject({ code: "stale" });
    expect(await problemOf(put(parcelTools, 1, { other: "send" }))).toMatchObject({ code: "unknown_tool" });
    expect(await put(parcelTools, 1)).toMatchObject({ generation: 2, roles: { book_pickup: "create" } });
  });

  it("make a suite of their own: the same each time, held out evenly, long enough for a gate", async () => {
    const suite = await create({ name: "Own", holdOutShare: 0.2 });
    expect(suite).toMatchObject({ source: "tools", caseCount: 200, isLargeEnough: true, remarks: [], seed: "parcels" });
    expect(suite.heldOut).toBeGreaterThanOrEqual(40);
    expect(suite.heldOut).toBeLessThan(60);
    expect(await problemOf(create({ name: "Own", holdOutShare: 0.2 }))).toMatchObject({ code: "suite_unchanged" });
    const { items } = await world.admin.call("GET /suites/{suiteId}/cases", {
      params: { suiteId: suite.id },
      query: { limit: 200 },
    });
    expect(items.some(({ tools }) => tools.some((tool) => tool.function.name === "create_shipment"))).toBe(true);
  });

  it("too poor for so many prompts are told what they lack", async () => {
    await put(withParameters({ type: "object", properties: {} }), 2);
    expect(await problemOf(create({ name: "Poor" }))).toMatchObject({
      code: "too_little_variety",
      errors: [{ field: "count", fix: expect.stringContaining("at most") }],
    });
  });

  it("are theirs to read, and the platform's to set", async () => {
    const customer = await world.api.clientWith(["tenant:admin"], tenantId);
    expect(await read(customer)).toMatchObject({ generation: 3, updatedBy: null });
    const { tenantId: other } = await world.addTenant("others", 10);
    const stranger = await world.api.clientWith(["tenant:admin"], other);
    expect(await problemOf(read(stranger))).toMatchObject({ code: "not_found" });
    for (const client of [customer, await world.api.clientWith(["platform:read"])])
      expect((await problemOf(put(parcelTools, 3, {}, client))).status).toBe(403);
  });
});
