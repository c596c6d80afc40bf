import { describe, expect, it } from "vitest";
import { openStream } from "./testing/fake-node.ts";
import {
  allSeen,
  chat,
  eventually,
  gatewayWorld,
  metricsOf,
  post,
  readTraces,
  restart,
  said,
  setRoute,
  start,
  write,
} from "./testing/gateway-world.ts";

const world = gatewayWorld();
const versionOf = async (user: string) => {
  const reply = await chat(world, {}, { user });
  await reply.arrayBuffer();
  return reply.headers.get("x-switchyard-version");
};
const modelsSeen = () => allSeen(world).map(({ model }) => model);

describe("a candidate with a share of the traffic", () => {
  const share = async (candidateWeight: number) => {
    await setRoute(world, {
      liveVersionId: world.fleet.v1.id,
      candidateVersionId: world.fleet.v2.id,
      candidateWeight,
    });
    await restart(world);
  };

  it("gets that share of the conversations, and keeps each of them", async () => {
    await share(30);
    const users = Array.from({ length: 120 }, (_, index) => `user-${index}`);
    const first = await Promise.all(users.map(versionOf));
    expect(await Promise.all(users.map(versionOf))).toEqual(first);
    const onCandidate = first.filter((version) => version === "v2").length;
    expect(onCandidate).toBeGreaterThan(18);
    expect(onCandidate).toBeLessThan(56);
    expect(first.filter((version) => version === "v1")).toHaveLength(120 - onCandidate);
    await share(60);
    const then = await Promise.all(users.map(versionOf));
    expect(first.every((version, index) => version === "v1" || then[index] === "v2")).toBe(true);
  });

  it("keeps a conversation by the name it is given in a header", async () => {
    await share(50);
    const of = async (id: string, user: string) => {
      const reply = await chat(world, { "x-conversation-id": id }, { user });
      await reply.arrayBuffer();
      return reply.headers.get("x-switchyard-version");
    };
    const names = Array.from({ length: 20 }, (_, index) => `c-${index}`);
    const first = await Promise.all(names.map((name) => of(name, "one")));
    expect(new Set(first)).toEqual(new Set(["v1", "v2"]));
    expect(await Promise.all(names.map((name) => of(name, `other-${name}`)))).toEqual(first);
  });

  it("that fails loses its conversations to the live version: no customer sees more than its own failures", async () => {
    await share(100);
    for (const node of world.nodes)
      node.answer = ({ response, model }) =>
        response
          .writeHead(model === world.fleet.v2.loraName ? 500 : 200, { "content-type": "application/json" })
          .end("{}");
    for (let count = 0; count < 8; count += 1) {
      const reply = await chat(world);
      expect([reply.status, said(reply.headers)]).toEqual([200, expect.stringMatching(/v1 primary$/)]);
    }
    // five failures in a row, within the retry budget; then it is left alone, though nobody moved the route
    const tried = modelsSeen().filter((model) => model === world.fleet.v2.loraName).length;
    expect(tried).toBeLessThanOrEqual(5);
    await world.gateway.stop();
    const traces = await readTraces(world);
    expect(traces.every(({ fallbackReason, via }) => fallbackReason === null && via === "primary")).toBe(true);
    world.gateway = await start(world);
  });
});

describe("a mirrored version", () => {
  const mirror = async () => {
    await setRoute(world, { mirrorVersionId: world.fleet.v1.id, mirrorShare: 100 });
    await restart(world);
  };
  const answerMirrorWith = (answer: (typeof world.nodes)[0]["answer"]) => {
    for (const node of world.nodes) {
      const own = node.answer;
      node.answer = (seen) => (seen.model === world.fleet.v1.loraName ? answer(seen) : own(seen));
    }
  };

  it("gets a copy of each request, under its own trace, and nobody sees its reply", async () => {
    await mirror();
    const body = '{"messages":[{"role":"user","content":"hi"}],"temperature":0.5}';
    const reply = await post(world, "/v1/chat/completions", body);
    expect([said(reply.headers), await reply.text()]).toEqual([
      expect.stringMatching(/v2 primary$/),
      expect.stringContaining(world.fleet.v2.loraName),
    ]);
    const traces = await eventually(async () => {
      const stored = await readTraces(world);
      expect(stored).toHaveLength(2);
      return stored;
    });
    expect(traces.map(({ kind, status, versionId }) => [kind, status, versionId])).toEqual(
      expect.arrayContaining([
        ["user", 200, world.fleet.v2.id],
        ["shadow", 200, world.fleet.v1.id],
      ]),
    );
    const copy = allSeen(world).find(({ model }) => model === world.fleet.v1.loraName);
    expect(copy?.body).toBe(body.replace("{", `{"model":"${world.fleet.v1.loraName}",`));
  });

  it.each([
    ["hangs", () => {}],
    ["fails", ({ response }) => response.destroy()],
    ["answers 500", ({ response }) => response.writeHead(500).end()],
    [
      "floods",
      ({ response }) => {
        const more = () => {
          while (response.writable && response.write(Buffer.alloc(1_000_000)));
        };
        response.writeHead(200);
        response.on("drain", more);
        more();
      },
    ],
  ] satisfies [string, (typeof world.nodes)[0]["answer"]][])("that %s harms no request", async (_how, answer) => {
    await mirror();
    answerMirrorWith(answer);
    for (let count = 0; count < 5; count += 1) {
      const reply = await chat(world);
      expect([reply.status, said(reply.headers)]).toEqual([200, expect.stringMatching(/v2 primary$/)]);
      await reply.text();
    }
    await eventually(() =>
      expect(modelsSeen().filter((model) => model === world.fleet.v1.loraName).length).toBeGreaterThan(0),
    );
  });

  it("gets no copy when too many are on their way", async () => {
    await mirror();
    answerMirrorWith(openStream);
    await Promise.all(
      Array.from({ length: 80 }, async () => {
        const reply = await chat(world);
        expect(reply.status).toBe(200);
        await reply.text();
      }),
    );
    await eventually(async () =>
      expect(Number(/mirrors_skipped_total (\d+)/.exec(await metricsOf(world))?.[1])).toBeGreaterThan(0),
    );
  });
});

describe("the retry budget", () => {
  it("lets ten requests be tried again in quiet hours, and tells the others that the node failed", async () => {
    for (const node of world.nodes) {
      const usual = node.answer;
      // never five in a row, so that no breaker opens; the second try of a request is answered
      let asked = 0;
      node.answer = (seen) => {
        asked += 1;
        if (asked % 4 === 0 || allSeen(world).length > seenBefore + 1) usual(seen);
        else seen.response.destroy();
      };
    }
    let seenBefore = 0;
    const statuses: number[] = [];
    for (let count = 0; count < 40; count += 1) {
      seenBefore = allSeen(world).length;
      const reply = await chat(world);
      await reply.arrayBuffer();
      statuses.push(reply.status);
    }
    expect(statuses.filter((status) => status === 502)).toHaveLength(20);
    expect(allSeen(world)).toHaveLength(40 + 10);
    expect(await metricsOf(world)).toContain("retries_refused_total 20");
  });

  it("does not double the requests to a fleet that fails altogether, and its clients hear it at once", async () => {
    for (const node of world.nodes) node.answer = ({ response }) => response.destroy();
    const statuses = new Set<number>();
    for (let count = 0; count < 40; count += 1) {
      const reply = await chat(world);
      await reply.arrayBuffer();
      statuses.add(reply.status);
    }
    expect([...statuses].every((status) => status === 502 || status === 503)).toBe(true);
    // five failures a node open its breaker; then each gets a probe a second
    expect(allSeen(world).length).toBeLessThan(40);
  });

  it("a 5xx of the only one that could answer reaches the client as it is", async () => {
    await write(world, (client) =>
      client.node.update({ where: { id: world.fleet.nodeIds[1] ?? "" }, data: { cordoned: true } }),
    );
    await restart(world);
    world.nodes[0].answer = ({ response }) => response.writeHead(500).end('{"error":"the engine is dead"}');
    const reply = await chat(world);
    expect([reply.status, await reply.text()]).toEqual([500, '{"error":"the engine is dead"}']);
  });

  it("a 5xx is tried on the other node", async () => {
    const [one, other] = world.nodes;
    const good = one.answer;
    for (const [bad, well, name] of [
      [one, other, "node-2"],
      [other, one, "node-1"],
    ] as const) {
      bad.answer = ({ response }) => response.writeHead(503).end("{}");
      well.answer = good;
      expect(said((await chat(world)).headers)).toBe(`${name} v2 primary`);
    }
    expect(await metricsOf(world)).toContain('switchyard_gateway_retries_total{reason="failed"} 1');
  });
});
