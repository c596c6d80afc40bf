import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { createTestApi, type TestApi } from "#lib/api/testing/test-api.ts";
import * as seed from "#lib/metrics/testing/seed-catalog.ts";
import { systemClock } from "#lib/platform/clock.ts";
import { newId } from "#lib/platform/ids.ts";
import { silentLog } from "#lib/platform/log.ts";
import { platformScope } from "#lib/platform/scope.ts";
import type { TryEvent } from "../browser/try-schema.ts";
import { type Gateway, startGateway } from "../start-gateway.ts";
import { event, type FakeNode, openStream, startFakeNode } from "../testing/fake-node.ts";

/** The whole way: console API → gateway → node. */
const LORA = "acme--support--v1-0123456789ab";
let api: TestApi;
let gateway: Gateway;
let node: FakeNode;
let acme: string;
let globex: string;
let gatewayUrl: string;
let aheadMs = 0;

beforeAll(async () => {
  api = await createTestApi({
    clock: { ...systemClock, now: () => new Date(systemClock.now().getTime() + aheadMs) },
  });
  const { db, secrets } = api.deps;
  node = await startFakeNode(["tiny-llama", LORA]);
  const poolId = await seed.seedPool(db, { baseModel: "tiny-llama" });
  acme = await seed.seedTenant(db, { slug: "acme" });
  globex = await seed.seedTenant(db, { slug: "globex" });
  const adapterId = await seed.seedAdapter(db, { tenantId: acme, poolId, slug: "support", isDefault: true });
  const versionId = await seed.seedVersion(db, { tenantId: acme, adapterId, number: 1, loraName: LORA });
  const at = new Date();
  const nodeId = await seed.seedNode(db, { poolId, name: "node-1", baseUrl: node.url, seenAt: at });
  await seed.seedRoutable(db, { tenantId: acme, versionId, nodeId, loraName: LORA, at });
  await seed.pointRoute(db, adapterId, { liveVersionId: versionId, previousVersionId: null, liveSince: at });
  gateway = await startGateway({ db, secrets, log: silentLog, port: 0, metricsPort: 0, metricsHost: "127.0.0.1" });
  gatewayUrl = `http://127.0.0.1:${gateway.port}`;
  api.deps.gatewayUrl = gatewayUrl;
  await vi.waitFor(async () => expect((await fetch(`${gatewayUrl}/readyz`)).status).toBe(200), { timeout: 10_000 });
});
afterEach(() => {
  api.deps.gatewayUrl = gatewayUrl;
});
afterAll(async () => {
  await gateway.stop();
  await node.stop();
  await api.close();
});

const send = (key: string, tenantId: string, body: unknown, signal?: AbortSignal) =>
  api.fetch(`/api/v1/tenants/${tenantId}/try`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify(body),
    ...(signal ? { signal } : {}),
  });

async function events(reply: Response): Promise<TryEvent[]> {
  return (await reply.text())
    .split("\n\n")
    .filter((text) => text !== "")
    .map((text) => JSON.parse(text.slice("data: ".length)) as TryEvent);
}
const headersOf = (told: readonly TryEvent[]): Record<string, string> => {
  const [head] = told;
  if (head?.type !== "head") throw new Error(`the first event is ${head?.type}`);
  return Object.fromEntries(head.headers.map(({ name, value }) => [name, value]));
};
const textOf = (told: readonly TryEvent[]) => told.map((one) => (one.type === "chunk" ? one.text : "")).join("");
const traces = () =>
  api.deps.db.read(platformScope, ({ client }) =>
    client.request.findMany({ select: { id: true, kind: true, tenantId: true, status: true } }),
  );

/** A stand-in for the gateway that answers as a test says. */
async function gatewayThat(answer: Parameters<typeof createServer>[1]): Promise<Server> {
  const server = createServer(answer).listen(0, "127.0.0.1");
  await once(server, "listening");
  api.deps.gatewayUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return server;
}

describe("a trial by staff", () => {
  it("goes through the gateway as the tenant and tells status, headers, text, tokens and times", async () => {
    const reply = await send(api.adminKey, acme, { prompt: "hello", stream: false });
    expect(reply.headers.get("content-type")).toContain("text/event-stream");
    const told = await events(reply);
    expect(told.map(({ type }) => type)).toEqual(["head", "chunk", "end"]);
    expect(told[0]).toMatchObject({ status: 200 });
    expect(headersOf(told)).toMatchObject({
      "x-switchyard-served-by": "node-1",
      "x-switchyard-version": "v1",
      "x-switchyard-via": "primary",
    });
    expect(textOf(told)).toContain("prompt_tokens");
    expect(told[2]).toMatchObject({ tokens: { prompt: 11, completion: 5 }, chunks: 1 });
  });

  it("is traced as a probe of that tenant under the id it shows, and counts in no usage of theirs", async () => {
    const told = await events(await send(api.adminKey, acme, { prompt: "hello", stream: false }));
    const id = headersOf(told)["x-request-id"];
    const isStored = async () =>
      expect(await traces()).toContainEqual({ id, kind: "probe", tenantId: acme, status: 200 });
    await vi.waitFor(isStored, { timeout: 10_000 });
  });

  it("tells a stream piece by piece, as it comes", async () => {
    node.answer = (seen) => {
      openStream(seen);
      seen.response.write(event(seen.model, "one "));
    };
    const asked = node.nextRequest();
    const reply = await send(api.adminKey, acme, { messages: [{ role: "user", content: "count" }] });
    const reader = reply.body?.getReader();
    const seen = await asked;
    let text = "";
    while (!text.includes('"one "')) text += new TextDecoder().decode((await reader?.read())?.value);
    seen.response.end(`${event(seen.model, "two")}data: [DONE]\n\n`); // only now: the first piece did not wait for it
    for (let part = await reader?.read(); part && !part.done; part = await reader?.read())
      text += new TextDecoder().decode(part.value);
    expect(text).toMatch(/"one ".*"two".*"chunks":2/s);
    expect(JSON.parse(seen.body)).toMatchObject({ stream: true, max_tokens: 256, messages: [{ content: "count" }] });
  });

  it("ends at the node when whoever watches leaves", async () => {
    node.answer = (seen) => {
      openStream(seen);
      seen.response.write(event(seen.model, "never ending"));
    };
    const asked = node.nextRequest();
    const reply = await send(api.adminKey, acme, { prompt: "go on" });
    const seen = await asked;
    await reply.body?.cancel();
    await seen.gone;
  });

  it("says that an answer broke off, after what came of it", async () => {
    const server = await gatewayThat((_request, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(event("support", "half"), () => response.destroy());
    });
    const told = await events(await send(api.adminKey, acme, { prompt: "go on" }));
    expect(told.map(({ type }) => type)).toEqual(["head", "chunk", "problem"]);
    expect(told[2]).toMatchObject({ code: "broke_off" });
    server.close();
  });
});

describe("what the gateway refuses", () => {
  it("is told in its own words: nothing is live", async () => {
    const told = await events(await send(api.adminKey, globex, { prompt: "hello", model: "nothing-here" }));
    expect(told).toMatchObject([
      { type: "head", status: 404 },
      { type: "problem", code: "model_not_found" },
    ]);
  });

  it("is told with when to try again: too many requests", async () => {
    const server = await gatewayThat((_request, response) => {
      response.writeHead(429, { "retry-after": "7", "x-request-id": "req_1", "content-type": "application/json" });
      response.end('{"error":{"code":"rate_limit_exceeded","message":"Too many requests. Wait."}}');
    });
    const told = await events(await send(api.adminKey, acme, { prompt: "hello" }));
    expect(headersOf(told)).toEqual({ "retry-after": "7", "x-request-id": "req_1" });
    expect(told[1]).toEqual({
      type: "problem",
      code: "rate_limit_exceeded",
      detail: "Too many requests. Wait.",
      fix: "Try again in 7 s.",
    });
    server.close();
  });

  it("and a gateway that is away is a problem with a fix, not an error of the page", async () => {
    api.deps.gatewayUrl = "http://127.0.0.1:1";
    const told = await events(await send(api.adminKey, acme, { prompt: "hello" }));
    expect(told).toMatchObject([{ type: "problem", code: "gateway_away", fix: expect.stringContaining("Start it") }]);
  });

  it("a revoked key of ours is replaced once, and the trial goes on", async () => {
    await api.deps.db.write(platformScope, ({ client }) =>
      client.apiKey.updateMany({ where: { name: "Try-it panel" }, data: { revokedAt: new Date() } }),
    );
    aheadMs = 60_000; // the key is no longer a new one
    node.answer = (seen) => seen.response.writeHead(200, { "content-type": "application/json" }).end("{}");
    const told = await events(await send(api.adminKey, acme, { prompt: "hello", stream: false }));
    expect(told[0]).toMatchObject({ type: "head", status: 200 });
  });
});

describe("who may", () => {
  it("a tenant's admin sends as their own tenant and is not told which node answered", async () => {
    const key = await api.keyWith(["tenant:admin"], acme);
    node.answer = (seen) => seen.response.writeHead(200, { "content-type": "application/json" }).end("{}");
    const told = await events(await send(key, acme, { prompt: "hello", stream: false }));
    const headers = headersOf(told);
    expect(headers["x-switchyard-version"]).toBe("v1");
    expect(headers).not.toHaveProperty("x-switchyard-served-by");
  });

  it("another tenant is absent, as is one that does not exist", async () => {
    const key = await api.keyWith(["tenant:admin"], acme);
    for (const [sender, tenantId] of [
      [key, globex],
      [api.adminKey, newId("tenant")],
    ] as const)
      expect((await send(sender, tenantId, { prompt: "hello" })).status).toBe(404);
  });

  it("viewers and auditors may not", async () => {
    expect((await send(await api.keyWith(["tenant:read"], acme), acme, { prompt: "x" })).status).toBe(403);
    expect((await send(await api.keyWith(["platform:read"]), acme, { prompt: "x" })).status).toBe(403);
    const allowed = await send(await api.keyWith(["platform:operate"]), acme, { prompt: "x" });
    expect(allowed.status).toBe(200);
    await allowed.body?.cancel();
  });

  it("no caller has more than four running, and a place is free again when one ends", async () => {
    node.answer = openStream;
    const key = await api.keyWith(["platform:operate"]);
    const open = await Promise.all(Array.from({ length: 4 }, () => send(key, acme, { prompt: "wait" })));
    const refused = await send(key, acme, { prompt: "one too many" });
    expect([refused.status, (await refused.json()).code]).toEqual([429, "too_many_trials"]);
    await Promise.all(open.map((reply) => reply.body?.cancel()));
    const again = await send(key, acme, { prompt: "now" });
    expect(again.status).toBe(200);
    await again.body?.cancel();
  });
});

describe("bad input", () => {
  it.each([
    ["neither prompt nor messages", {}, "prompt"],
    ["both", { prompt: "a", messages: [{ role: "user", content: "a" }] }, "prompt"],
    ["too many tokens", { prompt: "a", maxTokens: 1025 }, "maxTokens"],
    ["an unknown role", { messages: [{ role: "tool", content: "a" }] }, "messages.0.role"],
    ["a field that is not ours", { prompt: "a", temperature: 3 }, "body"],
  ])("%s is named with its field", async (_what, body, field) => {
    const reply = await send(api.adminKey, acme, body);
    expect(reply.status).toBe(422);
    expect((await reply.json()).errors.map((error: { field: string }) => error.field)).toContain(field);
  });
});
