import { describe, expect, it } from "vitest";
import { newId } from "#lib/platform/ids.ts";
import { chat, eventually, gatewayWorld, readTraces, restart, setRoute, write } from "./testing/gateway-world.ts";

const world = gatewayWorld();

const TOOLS = [
  {
    type: "function",
    function: {
      name: "find_order",
      parameters: { type: "object", properties: { id: { type: "integer" } }, required: ["id"] },
    },
  },
];

/** A cutover of acme's adapter from version 1 to 2, at that step. */
async function cutover(phase: "canary" | "shadow" | "completed"): Promise<void> {
  const { acme: tenantId, adapterId, v1, v2 } = world.fleet;
  const data = { id: newId("cutover"), tenantId, adapterId, fromVersionId: v1.id, toVersionId: v2.id, phase };
  await write(world, async (client) => {
    await client.cutover.deleteMany({});
    await client.cutover.create({ data: { ...data, requestedBy: "test" } });
  });
}

/** What each version calls: the text of its arguments; null = it calls nothing. */
function answerWith(by: { v1: string | null; v2: string | null }, isStream = false): void {
  for (const node of world.nodes)
    node.answer = ({ response, model }) => {
      const args = model === world.fleet.v1.loraName ? by.v1 : by.v2;
      const calls = args === null ? [] : [{ index: 0, function: { name: "find_order", arguments: args } }];
      const type = isStream ? "text/event-stream" : "application/json";
      response.writeHead(200, { "content-type": type });
      const part = { index: 0, [isStream ? "delta" : "message"]: { content: null, tool_calls: calls } };
      const text = JSON.stringify({ choices: [part] });
      response.end(isStream ? `data: ${text}\n\ndata: [DONE]\n\n` : text);
    };
}

async function tracesOf(count: number) {
  return eventually(async () => {
    const stored = await readTraces(world);
    expect(stored).toHaveLength(count);
    return stored;
  });
}
const ask = async (body: object = {}) => (await chat(world, {}, { tools: TOOLS, ...body })).text();

describe("a route that a cutover looks at", () => {
  it.each([
    [true, "valid", '{"id":7}'],
    [false, "valid", '{"id":7}'],
    [false, "invalid", '{"id":"7"}'],
    [true, "unparsed", '{"id":'],
    [false, "none", null],
  ] as const)("notes of a reply (stream: %s) that its tool calls are %s", async (isStream, toolCalls, args) => {
    await cutover("canary");
    await restart(world);
    answerWith({ v1: args, v2: args }, isStream);
    await ask({ stream: isStream });
    const [trace] = await tracesOf(1);
    expect(trace).toMatchObject({ kind: "user", toolCalls, comparison: null, stream: isStream });
  });

  it("is the only one: of others nothing is noted, nor once the cutover has ended", async () => {
    await cutover("completed");
    await restart(world);
    answerWith({ v1: "{}", v2: "{}" });
    await ask();
    expect((await tracesOf(1))[0]).toMatchObject({ toolCalls: null });
  });

  it.each([
    ["same", '{"id": 7}', '{"id":7.0}'],
    ["different", '{"id":7}', '{"id":8}'],
    ["different", '{"id":7}', null],
    ["both_none", null, null],
    ["not_comparable", '{"id":7}', "{"],
  ] as const)("has copies compared with the customer's own reply: %s", async (comparison, v2, v1) => {
    await cutover("shadow");
    await setRoute(world, { mirrorVersionId: world.fleet.v1.id, mirrorShare: 100 });
    await restart(world);
    answerWith({ v1, v2 });
    const reply = await ask();
    expect(reply).toContain(v2 === null ? "[]" : JSON.stringify(v2));
    const traces = await tracesOf(2);
    expect(traces.find(({ kind }) => kind === "shadow")).toMatchObject({ comparison, versionId: world.fleet.v1.id });
    expect(traces.find(({ kind }) => kind === "user")).toMatchObject({ comparison: null });
    // counts are all that is kept
    expect(JSON.stringify(traces)).not.toContain("find_order");
  });

  it("names the candidate that failed before the live version answered", async () => {
    await setRoute(world, {
      liveVersionId: world.fleet.v1.id,
      candidateVersionId: world.fleet.v2.id,
      candidateWeight: 100,
    });
    await cutover("canary");
    await restart(world);
    answerWith({ v1: '{"id":7}', v2: null });
    for (const node of world.nodes) {
      const usual = node.answer;
      node.answer = (seen) =>
        seen.model === world.fleet.v2.loraName ? seen.response.writeHead(500).end("{}") : usual(seen);
    }
    await ask();
    const [trace] = await tracesOf(1);
    expect(trace).toMatchObject({
      status: 200,
      versionId: world.fleet.v1.id,
      failedVersionId: world.fleet.v2.id,
      attempts: 2,
      toolCalls: "valid",
    });
  });
});
