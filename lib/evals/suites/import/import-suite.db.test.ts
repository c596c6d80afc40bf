import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEvalWorld, type EvalWorld, problemOf } from "../../testing/eval-world.ts";

let world: EvalWorld;
let tenantId: string;
beforeAll(async () => {
  world = await createEvalWorld();
  ({ tenantId } = await world.addTenant("files", 10));
});
afterAll(() => world.close());

const line = (at: number) =>
  JSON.stringify({ messages: [{ role: "user", content: `Prompt ${at}.` }], tools: [], expected_tool_calls: [] });
const file = (count: number) => Array.from({ length: count }, (_, at) => line(at)).join("\n");
const importing = (name: string, text: string, client = world.admin) =>
  client.call("POST /tenants/{tenantId}/suites/import", {
    params: { tenantId },
    body: { name, format: "openai", text },
  });
const preview = (text: string, client = world.admin) =>
  client.call("POST /tenants/{tenantId}/suites/import/preview", {
    params: { tenantId },
    body: { format: "openai", text },
  });
const suites = async () => (await world.admin.call("GET /suites", { query: { tenantId } })).items;

describe("importing a file", () => {
  it("of 199 prompts is taken, and marked as too short for a gate; a repeated line is left out and told", async () => {
    const text = `${file(199)}\n${line(3)}`;
    expect(await preview(text)).toMatchObject({
      lines: 200,
      prompts: 199,
      isLargeEnough: false,
      duplicates: [{ line: 200, of: 4 }],
      problems: [],
    });
    const suite = await importing("File", text);
    expect(suite).toMatchObject({ source: "import", caseCount: 199, isLargeEnough: false, seed: null });
    expect(suite.remarks).toEqual(["Line 200 repeats line 4, and was left out."]);
    expect(await problemOf(importing("File", text))).toMatchObject({ code: "suite_unchanged" });
    expect(await importing("File", file(200))).toMatchObject({ revision: 2, isLargeEnough: true });
  });

  it("with one bad line imports nothing, and says which and why", async () => {
    const before = await suites();
    const text = `${file(20)}\n{"messages":[{"role":"user","content":"?"}]}\nnot json`;
    expect((await preview(text)).problems.map(({ line: at, code }) => `${at} ${code}`)).toEqual([
      "21 no_answer",
      "22 bad_json",
    ]);
    expect(await problemOf(importing("Broken", text))).toMatchObject({
      errors: [
        { field: "text:21 expected_tool_calls", code: "no_answer" },
        {
          field: "text:22",
          code: "bad_json",
          message: expect.stringContaining("Line 22"),
          fix: expect.stringMatching(/\S/),
        },
      ],
    });
    expect(await suites()).toEqual(before);
  });

  it("keeps the keys of a tool in the order they are written in, which is what a model reads", async () => {
    const parameters = { properties: { zone: {}, at: {} }, required: ["zone"], type: "object" };
    const tools = [{ type: "function", function: { name: "move", description: "Moves.", parameters } }];
    const said = { messages: [{ role: "user", content: "Move it." }], tools, expected_tool_calls: [] };
    const { id: suiteId } = await importing("Ordered", JSON.stringify(said));
    const { items } = await world.admin.call("GET /suites/{suiteId}/cases", { params: { suiteId } });
    const params = { suiteId, caseId: items[0]?.id ?? "" };
    const stored = await world.admin.call("GET /suites/{suiteId}/cases/{caseId}", { params });
    expect(JSON.stringify(stored.tools)).toBe(JSON.stringify(tools));
  });

  it("is not for customers or readers", async () => {
    for (const client of [
      await world.api.clientWith(["tenant:admin"], tenantId),
      await world.api.clientWith(["platform:read"]),
    ]) {
      expect((await problemOf(importing("No", file(1), client))).status).toBe(403);
      expect((await problemOf(preview(file(1), client))).status).toBe(403);
    }
  });
});
