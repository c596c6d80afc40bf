import { describe, expect, it } from "vitest";
import { silentLog } from "#lib/platform/log.ts";
import { event, openStream } from "./testing/fake-node.ts";
import {
  allSeen,
  chat,
  errorOf,
  eventually,
  gatewayWorld,
  metricsOf,
  nextRequest,
  post,
  readTraces,
  said,
  start,
  url,
  write,
} from "./testing/gateway-world.ts";

const world = gatewayWorld();
const traces = () => readTraces(world);

describe("nodes that fail", () => {
  it("uses the other node when one refuses connections, and tells nobody a lie about who answered", async () => {
    await world.nodes[0].stop();
    for (let count = 0; count < 4; count += 1) {
      const reply = await chat(world);
      await reply.arrayBuffer();
      expect([reply.status, said(reply.headers)]).toEqual([200, "node-2 v2 primary"]);
    }
    await world.nodes[1].stop();
    expect(await errorOf(await chat(world))).toMatchObject({ status: 503, code: "no_node" });
    await world.nodes[0].start(world.nodes[0].port);
    await eventually(async () => expect(said((await chat(world)).headers)).toBe("node-1 v2 primary"));
  });

  it("leaves a node alone whose health check fails", async () => {
    world.nodes[1].health = 503;
    await write(world, (client) => client.setting.create({ data: { key: "health_check_interval", value: 1 } }));
    await eventually(async () => {
      const metrics = await metricsOf(world);
      expect(metrics).toContain('switchyard_gateway_node_up{node="node-2"} 0');
    });
    expect(said((await chat(world)).headers)).toBe("node-1 v2 primary");
  });

  it("asks another node when one has lost the adapter, and falls back in the open when all have", async () => {
    world.nodes[0].names.delete(world.fleet.v2.loraName);
    for (let count = 0; count < 3; count += 1) expect(said((await chat(world)).headers)).toBe("node-2 v2 primary");
    world.nodes[1].names.delete(world.fleet.v2.loraName);
    expect(said((await chat(world)).headers)).toMatch(/^node-[12] base base_model$/);
  });

  it("breaks the client's connection when a node breaks off in the middle, and never sends a second answer", async () => {
    for (const node of world.nodes) node.answer = openStream;
    const arriving = nextRequest(world);
    const reply = await chat(world, {}, { stream: true });
    const node = await arriving;
    node.response.write(event(node.model, "half"));
    const reader = reply.body?.getReader();
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toContain("half");
    node.response.destroy();
    await expect(reader?.read()).rejects.toThrow();
    expect(allSeen(world)).toHaveLength(1);
  });

  it("lets go of the node when the client leaves", async () => {
    for (const node of world.nodes) node.answer = openStream;
    const arriving = nextRequest(world);
    const leave = new AbortController();
    const reply = await post(world, "/v1/chat/completions", '{"stream":true}', {}, leave.signal);
    expect(reply.status).toBe(200);
    leave.abort();
    await (await arriving).gone;
    await eventually(async () => expect(await metricsOf(world)).toContain("switchyard_gateway_clients_gone_total 1"));
    expect(await metricsOf(world)).toContain('switchyard_gateway_in_flight{node="node-1"} 0');
  });

  it("lets go of a node that has not answered at all when the client leaves", async () => {
    for (const node of world.nodes) node.answer = () => {};
    const arriving = nextRequest(world);
    const leave = new AbortController();
    const reply = post(world, "/v1/chat/completions", "{}", {}, leave.signal).catch(() => "left");
    const { gone } = await arriving;
    leave.abort();
    await gone;
    expect(await reply).toBe("left");
  });
});

describe("the trace", () => {
  it("holds who, what, where and when of each request, and nothing of its content", async () => {
    const reply = await chat(world, { "x-tenant-id": world.fleet.acme });
    await reply.arrayBuffer();
    await write(world, (client) => client.registration.deleteMany({ where: { versionId: world.fleet.v2.id } }));
    await eventually(async () => expect(said((await chat(world)).headers)).toContain("base_model"));
    await world.gateway.stop();
    const [first, ...rest] = await traces();
    expect(first).toMatchObject({
      id: reply.headers.get("x-request-id"),
      tenantId: world.fleet.acme,
      adapterId: world.fleet.adapterId,
      versionId: world.fleet.v2.id,
      loraName: world.fleet.v2.loraName,
      kind: "user",
      via: "primary",
      path: "/v1/chat/completions",
      status: 200,
      reason: null,
      stream: false,
      simulated: true,
      promptTokens: 11,
      completionTokens: 5,
    });
    const times = [first?.arrivedAt, first?.dispatchedAt, first?.firstByteAt, first?.endedAt];
    expect(times).toEqual([...times].sort((a, b) => Number(a) - Number(b)));
    expect(rest.at(-1)).toMatchObject({
      via: "base_model",
      adapterId: world.fleet.adapterId,
      versionId: null,
      loraName: null,
    });
    world.gateway = await start(world);
  });
});

describe("starting", () => {
  it("says at once that it is there, and has nothing to warn of", async () => {
    const warned: string[] = [];
    const warn = (message: string) => void warned.push(message);
    const second = await start(world, { ...silentLog, warn, error: warn });
    await second.stop();
    expect(warned).toEqual([]);
  });
});

describe("stopping", () => {
  it("answers what runs, takes nothing new, and keeps the traces", async () => {
    for (const node of world.nodes) node.answer = openStream;
    const arriving = nextRequest(world);
    const reply = await chat(world, {}, { stream: true });
    const node = await arriving;
    const stopped = world.gateway.stop();
    await eventually(() => expect(fetch(url(world, "/livez"))).rejects.toThrow());
    node.response.end(event(node.model, "last words"));
    expect(await reply.text()).toContain("last words");
    await stopped;
    expect((await traces()).map((trace) => [trace.status, trace.stream])).toEqual([[200, true]]);
    world.gateway = await start(world);
  });
});
