import { describe, expect, it } from "vitest";
import { newId } from "#lib/platform/ids.ts";
import { tenantScope } from "#lib/platform/scope.ts";
import { runSql } from "#lib/platform/testing/template.ts";
import {
  chat,
  eventually,
  gatewayWorld,
  metricsOf,
  readTraces,
  restart,
  setRoute,
  write,
} from "./testing/gateway-world.ts";

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

/** Acme lets its requests be kept. */
async function allow(change: object = {}): Promise<string> {
  const { acme: tenantId, adapterId, v1 } = world.fleet;
  const id = newId("recording");
  const startedAt = new Date();
  const until = new Date(startedAt.getTime() + 3_600_000);
  const data = {
    id,
    tenantId,
    adapterId,
    perCent: 100,
    most: 100,
    words: ["Northwind"],
    startedBy: "maya",
    startedAt,
    until,
  };
  await world.database.db.write(tenantScope(tenantId), ({ client }) =>
    client.recording.create({ data: { ...data, ...change } }),
  );
  await setRoute(world, { liveVersionId: v1.id });
  await restart(world);
  return id;
}

function answerWith(args: string, { isStream = false, status = 200 } = {}): void {
  for (const node of world.nodes)
    node.answer = ({ response }) => {
      response.writeHead(status, { "content-type": isStream ? "text/event-stream" : "application/json" });
      const calls = [{ index: 0, id: "c1", type: "function", function: { name: "find_order", arguments: args } }];
      const part = {
        index: 0,
        finish_reason: "tool_calls",
        [isStream ? "delta" : "message"]: { role: "assistant", content: null, tool_calls: calls },
      };
      const text = JSON.stringify({ id: "x", object: "chat.completion", choices: [part] });
      response.end(isStream ? `data: ${text}\n\ndata: [DONE]\n\n` : text);
    };
}
const ask = async (content: string, headers: Record<string, string> = {}, body: object = {}) =>
  (await chat(world, headers, { tools: TOOLS, messages: [{ role: "user", content }], ...body })).text();
const kept = () => write(world, (client) => client.recordedCase.findMany({ orderBy: { id: "asc" } }));
const counts = () => write(world, (client) => client.recording.findFirst({ where: { endedAt: null } }));

describe("a customer's request that may be kept", () => {
  it.each([false, true])("is stored redacted, with what the live version answered (stream: %s)", async (isStream) => {
    await allow();
    answerWith('{"id":204411}', { isStream });
    await ask("Northwind: where is 204411? maya@northwind.example", {}, { stream: isStream });
    const [row] = await eventually(async () => {
      const rows = await kept();
      expect(rows).toHaveLength(1);
      return rows;
    });
    const all = JSON.stringify(row?.prompt);
    expect(all).not.toMatch(/northwind|204411|maya/i);
    expect(row).toMatchObject({
      versionId: world.fleet.v1.id,
      prompt: {
        messages: [
          { role: "user", content: expect.stringMatching(/^Alpha: where is [1-9]{6}\? person1@example\.com$/) },
        ],
        expected: { calls: [{ name: "find_order", arguments: expect.stringMatching(/^\{"id":[1-9]{6}\}$/) }] },
      },
    });
    // the trace says nothing of it: no cutover looks at the route
    const [trace] = await eventually(async () => {
      const traces = await readTraces(world);
      expect(traces).toHaveLength(1);
      return traces;
    });
    expect(trace?.toolCalls).toBeNull();
  });

  it("is not one that another version, or a probe, or nobody answered", async () => {
    await allow();
    answerWith('{"id":7}');
    await ask("An eval", {
      "x-switchyard-kind": "eval",
      authorization: "Bearer trusted-upstream-key-of-at-least-32-characters",
      "x-tenant-id": "acme",
    });
    answerWith('{"id":7}', { status: 500 });
    await ask("Failed");
    await world.gateway.stop();
    expect(await kept()).toEqual([]);
    expect(await counts()).toMatchObject({ looked: 0 });
    await restart(world);
  });

  it("is compared with no copy of it, where no cutover looks at the route", async () => {
    await allow();
    await setRoute(world, { liveVersionId: world.fleet.v1.id, mirrorVersionId: world.fleet.v2.id, mirrorShare: 100 });
    await restart(world);
    answerWith('{"id":7}');
    await ask("Copied");
    await eventually(async () => {
      const traces = await readTraces(world);
      expect(traces.map(({ kind, toolCalls, comparison }) => [kind, toolCalls, comparison]).sort()).toEqual([
        ["shadow", null, null],
        ["user", null, null],
      ]);
    });
    await eventually(async () => expect(await kept()).toHaveLength(1));
  });

  it("is counted where it cannot be a prompt, and the reply is what it always is", async () => {
    await allow();
    answerWith("{}");
    const text = await ask("No tools", {}, { tools: undefined });
    expect(JSON.parse(text)).toMatchObject({ choices: [{ message: { tool_calls: [{ id: "c1" }] } }] });
    await eventually(async () =>
      expect(await counts()).toMatchObject({ looked: 1, kept: 0, unusable: { no_tools: 1 } }),
    );
  });

  it("is one a second at most, so that recording costs next to nothing", async () => {
    await allow();
    answerWith('{"id":7}');
    for (let at = 0; at < 20; at += 1) await ask(`Order number ${at}`);
    await world.gateway.stop();
    const { looked } = (await counts()) ?? { looked: 0 };
    expect(looked).toBeGreaterThanOrEqual(1);
    expect(looked).toBeLessThan(20);
    await restart(world);
  });

  it("is kept no more once its customer ends it: the gateway hears of it at once", async () => {
    const id = await allow();
    answerWith('{"id":7}');
    await world.database.db.write(tenantScope(world.fleet.acme), ({ client }) =>
      client.recording.updateMany({
        where: { id },
        data: { endedAt: new Date(), endedBy: "maya", endReason: "stopped" },
      }),
    );
    await ask("After the end");
    await world.gateway.stop();
    expect(await kept()).toEqual([]);
    await restart(world);
  });

  it("that cannot be stored is counted, and the customer does not notice", async () => {
    await allow();
    answerWith('{"id":7}');
    await runSql(world.database.url, 'ALTER TABLE "RecordedCase" RENAME TO "RecordedCaseAway"');
    try {
      expect(JSON.parse(await ask("Lost"))).toMatchObject({ choices: [{}] });
      await eventually(async () =>
        expect(Number(/recordings_lost_total (\d+)/.exec(await metricsOf(world))?.[1])).toBe(1),
      );
    } finally {
      await runSql(world.database.url, 'ALTER TABLE "RecordedCaseAway" RENAME TO "RecordedCase"');
    }
  });
});
