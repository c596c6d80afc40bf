import { once } from "node:events";
import { connect } from "node:net";
import OpenAI, { APIError } from "openai";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { parseApiKey } from "#lib/identity/api-key.ts";
import { newId } from "#lib/platform/ids.ts";
import { silentLog } from "#lib/platform/log.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { createSecrets } from "#lib/platform/secrets.ts";
import { createTestDatabase, type TestDatabase } from "#lib/platform/testing/test-database.ts";
import * as seed from "#lib/telemetry/testing/seed-catalog.ts";
import { type Gateway, startGateway } from "./start-gateway.ts";
import { event, type FakeNode, openStream, startFakeNode } from "./testing/fake-node.ts";
import { ACME_KEY, GLOBEX_KEY, TRUSTED_KEY } from "./testing/make-snapshot.ts";

const BASE = "tiny-llama";
const secrets = createSecrets("ab".repeat(32));
const NOW = new Date();
const MESSAGES = [{ role: "user" as const, content: "hello" }];

let database: TestDatabase;
let gateway: Gateway;
let nodes: [FakeNode, FakeNode];
let fleet: Awaited<ReturnType<typeof seedFleet>>;

const write = <T>(change: Parameters<TestDatabase["db"]["write"]>[1]) =>
  database.db.write(platformScope, change) as Promise<T>;
const addKey = (text: string, tenantId: string | null, scopes: string[]) => {
  const { prefix, hash } = parseApiKey(text);
  return write(({ client }) =>
    client.apiKey.create({ data: { id: newId("apiKey"), tenantId, name: "test", prefix, hash, scopes } }),
  );
};

/** acme: version 2 live after version 1, both proven on both nodes. globex: nothing live. */
async function seedFleet() {
  const { db } = database;
  const poolId = await seed.seedPool(db, { baseModel: BASE });
  const acme = await seed.seedTenant(db, { slug: "acme" });
  const globex = await seed.seedTenant(db, { slug: "globex" });
  const adapterId = await seed.seedAdapter(db, { tenantId: acme, poolId, slug: "support", isDefault: true });
  await seed.seedAdapter(db, { tenantId: globex, poolId, slug: "sales" });
  const versions: { id: string; loraName: string }[] = [];
  for (const number of [1, 2]) {
    const loraName = `acme--support--v${number}-0123456789ab`;
    versions.push({ id: await seed.seedVersion(db, { tenantId: acme, adapterId, number, loraName }), loraName });
  }
  const nodeIds: string[] = [];
  for (const [index, node] of nodes.entries()) {
    const nodeId = await seed.seedNode(db, { poolId, name: `node-${index + 1}`, baseUrl: node.url, seenAt: NOW });
    await write(({ client }) =>
      client.node.update({
        where: { id: nodeId },
        data: { sealedKey: secrets.seal("node-key", `Node.sealedKey:${nodeId}`) },
      }),
    );
    for (const { id: versionId, loraName } of versions) {
      node.names.add(loraName);
      await seed.seedRoutable(db, { tenantId: acme, versionId, nodeId, loraName, at: NOW });
    }
    nodeIds.push(nodeId);
  }
  const [v1, v2] = versions;
  if (!v1 || !v2) throw new Error("two versions were seeded");
  await seed.pointRoute(db, adapterId, { liveVersionId: v2.id, previousVersionId: v1.id, liveSince: NOW });
  await addKey(ACME_KEY, acme, ["inference"]);
  await addKey(GLOBEX_KEY, globex, ["inference"]);
  await addKey(TRUSTED_KEY, null, ["gateway:trusted"]);
  return { poolId, acme, globex, adapterId, v1, v2, nodeIds };
}

const url = (path: string) => `http://127.0.0.1:${gateway.port}${path}`;
const post = (path: string, body: string, headers: Record<string, string> = {}, signal?: AbortSignal) =>
  fetch(url(path), {
    method: "POST",
    body,
    headers: { authorization: `Bearer ${ACME_KEY}`, "content-type": "application/json", ...headers },
    ...(signal ? { signal } : {}),
  });
const chat = (headers: Record<string, string> = {}, body: object = {}) =>
  post("/v1/chat/completions", JSON.stringify({ messages: MESSAGES, ...body }), headers);
const said = (headers: Headers) =>
  ["served-by", "version", "via"].map((name) => headers.get(`x-switchyard-${name}`)).join(" ");
const errorOf = async (reply: Response) => {
  const { error } = (await reply.json()) as {
    error: { message: string; type: string; param: string | null; code: string };
  };
  return { status: reply.status, ...error };
};
/** Waits until the gateway has heard of a change in the catalog. */
const eventually = <T>(check: () => Promise<T> | T) => vi.waitFor(check, { timeout: 10_000, interval: 30 });
const traces = () =>
  database.db.read(platformScope, ({ client }) => client.requestTrace.findMany({ orderBy: { arrivedAt: "asc" } }));

const start = () =>
  startGateway({ db: database.db, secrets, log: silentLog, port: 0, metricsPort: 0, metricsHost: "127.0.0.1" });

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  nodes = [await startFakeNode([BASE]), await startFakeNode([BASE])];
  fleet = await seedFleet();
  gateway = await start();
  await eventually(async () => expect((await fetch(url("/readyz"))).status).toBe(200));
});
afterEach(async () => {
  await gateway.stop();
  await Promise.all(nodes.map((node) => node.stop().catch(() => {}))); // a test may have stopped it
  await write(async ({ client }) => {
    for (const table of ["RequestTrace", "Placement", "Registration", "Node", "Tenant", "ApiKey", "Pool"])
      await client.$executeRawUnsafe(`DELETE FROM "${table}" WHERE true`);
  }).catch(() =>
    write(({ client }) => client.$executeRaw`TRUNCATE "Tenant", "Node", "Pool", "ApiKey", "RequestTrace" CASCADE`),
  );
});

describe("the official openai client", () => {
  const client = () => new OpenAI({ baseURL: url("/v1"), apiKey: ACME_KEY, maxRetries: 0 });

  it("chats with the live version, and is told who answered", async () => {
    const { data, response } = await client()
      .chat.completions.create({ model: "support", messages: MESSAGES })
      .withResponse();
    expect(data.choices[0]?.message.content).toContain("say");
    expect(said(response.headers)).toMatch(/^node-[12] v2 primary$/);
    expect(response.headers.get("x-switchyard-version-id")).toBe(fleet.v2.id);
    expect(response.headers.get("x-request-id")).toMatch(/^req_[0-9a-f]{32}$/);
    const [seen] = nodes.flatMap((node) => node.seen);
    expect(seen?.model).toBe(fleet.v2.loraName);
    expect(seen?.headers.authorization).toBe("Bearer node-key");
    expect(seen?.headers["x-request-id"]).toBe(response.headers.get("x-request-id"));
  });

  it("streams: the first chunk arrives while the node still works on the second", async () => {
    for (const node of nodes) node.answer = openStream;
    const arriving = Promise.race(nodes.map((node) => node.nextRequest()));
    const { data, response } = await client()
      .chat.completions.create({ model: "default", messages: MESSAGES, stream: true })
      .withResponse();
    expect(said(response.headers)).toMatch(/^node-[12] v2 primary$/);
    const { response: node, model } = await arriving;
    const chunks = data[Symbol.asyncIterator]();
    node.write(event(model, "first"));
    expect((await chunks.next()).value?.choices[0]?.delta.content).toBe("first");
    node.write(event(model, "second"));
    expect((await chunks.next()).value?.choices[0]?.delta.content).toBe("second");
    node.end("data: [DONE]\n\n");
    expect((await chunks.next()).done).toBe(true);
  });

  it("reads our errors", async () => {
    const error = await client()
      .chat.completions.create({ model: "gpt-4", messages: MESSAGES })
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(APIError);
    expect(error).toMatchObject({ status: 404, code: "model_not_found", param: "model", type: "not_found_error" });
    expect(String(error)).toMatch(/Use one of support.*request id req_/);
  });

  it("lists only what the key may see", async () => {
    const ids = async () => (await client().models.list()).data.map((model) => model.id);
    expect(await ids()).toEqual(["support"]);
    await write(({ client: db }) => db.tenant.update({ where: { id: fleet.acme }, data: { allowBaseModel: true } }));
    await eventually(async () => expect(await ids()).toEqual(["support", BASE]));
    const { response } = await client().chat.completions.create({ model: BASE, messages: MESSAGES }).withResponse();
    expect(said(response.headers)).toMatch(/^node-[12] base base_model$/);
  });
});

describe("what reaches a node", () => {
  it("is the body as it was sent but for the model, and no credential of the client", async () => {
    const body =
      '{ "temperature" : 1.50, "model":"support", "messages":[{"role":"user","content":"\\u00e9 {\\"model\\":1}"}] , "tenant_id":"globex"}';
    const reply = await post("/v1/chat/completions?x=1", body, { cookie: "session=1", "x-tenant-id": "acme" });
    expect([reply.status, said(reply.headers)]).toEqual([200, expect.stringMatching(/v2 primary$/)]);
    const [seen] = nodes.flatMap((node) => node.seen);
    expect(seen?.body).toBe(body.replace('"support"', JSON.stringify(fleet.v2.loraName)));
    expect(seen?.path).toBe("/v1/chat/completions");
    expect(seen?.headers).not.toHaveProperty("cookie");
    expect(seen?.headers).not.toHaveProperty("x-tenant-id");
  });

  it.each([
    "POST /v1/load_lora_adapter",
    "POST /v1/unload_lora_adapter",
    "POST /adapters",
    "DELETE /adapters/x",
    "POST /invocations",
    "GET /metrics",
    "GET /health",
    "GET /version",
    "POST /tokenize",
    "POST /collective_rpc",
    "GET /v1/chat/completions",
    "POST /v1/chat/completions/",
    "POST /v1/../v1/load_lora_adapter",
    "POST /v1/%6coad_lora_adapter",
    "POST //v1/chat/completions",
    "GET /v1/models/support",
  ])("is never %s", async (line) => {
    const [method = "", path = ""] = line.split(" ");
    // a raw socket: fetch would tidy the path up
    const socket = connect(gateway.port, "127.0.0.1");
    socket.write(
      `${method} ${path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${TRUSTED_KEY}\r\nx-tenant-id: acme\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}`,
    );
    const chunks: Buffer[] = [];
    socket.on("data", (chunk) => chunks.push(chunk));
    await once(socket, "close");
    expect(Buffer.concat(chunks).toString("utf8")).toMatch(/^HTTP\/1.1 404 [\s\S]*"unknown_url"/);
    expect(nodes.flatMap((node) => node.seen)).toEqual([]);
  });
});

describe("tenants", () => {
  it("refuses a tenant's key with another tenant's header", async () => {
    expect(await errorOf(await chat({ "x-tenant-id": "globex" }))).toMatchObject({
      status: 403,
      code: "tenant_mismatch",
      type: "permission_error",
      param: "x-tenant-id",
    });
  });

  it("answers 404 for an unknown tenant before it has seen any of the body", async () => {
    const socket = connect(gateway.port, "127.0.0.1");
    socket.write(
      `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${TRUSTED_KEY}\r\nx-tenant-id: nobody\r\ncontent-length: 100\r\n\r\n`,
    );
    const [head] = (await once(socket, "data")) as [Buffer];
    expect(head.toString("utf8")).toMatch(/^HTTP\/1.1 404 [\s\S]*"tenant_not_found"/);
    socket.destroy();
  });

  it("looks at the body only after the tenant, and says what is wrong with it", async () => {
    const bad = (body: string, headers = {}) => post("/v1/chat/completions", body, headers).then(errorOf);
    expect(await bad("{", { "x-tenant-id": "globex" })).toMatchObject({ status: 403 });
    expect(await bad("{")).toMatchObject({ status: 400, code: "bad_json" });
    expect(await bad('{"model":"a","model":"b"}')).toMatchObject({
      status: 400,
      code: "duplicate_model",
      param: "model",
    });
    expect(await bad("x".repeat(10_000_001))).toMatchObject({ status: 413, code: "body_too_large" });
    expect(nodes.flatMap((node) => node.seen)).toEqual([]);
  });

  it("hears of a suspension and of a revoked key", async () => {
    await write(({ client }) => client.tenant.update({ where: { id: fleet.acme }, data: { status: "suspended" } }));
    await eventually(async () =>
      expect(await errorOf(await chat())).toMatchObject({ status: 403, code: "tenant_suspended" }),
    );
    await write(({ client }) =>
      client.apiKey.updateMany({ where: { tenantId: fleet.acme }, data: { revokedAt: NOW } }),
    );
    await eventually(async () =>
      expect(await errorOf(await chat())).toMatchObject({ status: 401, code: "invalid_api_key" }),
    );
  });

  it("has nothing to serve before something is live", async () => {
    expect(await errorOf(await chat({ authorization: `Bearer ${GLOBEX_KEY}` }))).toMatchObject({
      status: 404,
      code: "model_not_live",
    });
  });
});

describe("versions and fallbacks", () => {
  const unload = (versionId: string) => write(({ client }) => client.registration.deleteMany({ where: { versionId } }));
  const policy = (fallback: "reject" | "previous_version") =>
    write(({ client }) => client.tenant.update({ where: { id: fleet.acme }, data: { fallback } }));
  const becomes = (expected: string | RegExp) =>
    eventually(async () => {
      const reply = await chat();
      await reply.arrayBuffer();
      expect(`${reply.status} ${said(reply.headers)}`).toMatch(expected);
    });

  it("follows the live pointer", async () => {
    await becomes(/^200 node-[12] v2 primary$/);
    await seed.pointRoute(database.db, fleet.adapterId, { liveVersionId: fleet.v1.id, previousVersionId: fleet.v2.id });
    await becomes(/^200 node-[12] v1 primary$/);
  });

  it("says so when the base model answers instead", async () => {
    await unload(fleet.v2.id);
    await becomes(/^200 node-[12] base base_model$/);
    expect(nodes.flatMap((node) => node.seen).map((seen) => seen.model)).toContain(BASE);
  });

  it("says so when the previous version answers instead", async () => {
    await policy("previous_version");
    await unload(fleet.v2.id);
    await becomes(/^200 node-[12] v1 previous_version$/);
  });

  it("turns away when the tenant rather has no answer than another", async () => {
    await policy("reject");
    await unload(fleet.v2.id);
    await eventually(async () => {
      const reply = await chat();
      expect(reply.headers.get("retry-after")).toBe("5");
      expect(await errorOf(reply)).toMatchObject({ status: 503, code: "no_node", type: "server_error" });
    });
  });

  it("does not trust a proof from before the node's last restart", async () => {
    await write(({ client }) => client.node.updateMany({ data: { epoch: 2 } }));
    await becomes(/^200 node-[12] base base_model$/);
  });

  it("pins for a trusted key: an older version, on a standalone node", async () => {
    await write(({ client }) =>
      client.node.update({ where: { id: fleet.nodeIds[0] ?? "" }, data: { standalone: true } }),
    );
    const pinned = () =>
      chat({
        authorization: `Bearer ${TRUSTED_KEY}`,
        "x-tenant-id": "acme",
        "x-switchyard-pin-version": fleet.v1.id,
        "x-switchyard-pin-node": fleet.nodeIds[0] ?? "",
        "x-switchyard-kind": "eval",
      });
    await becomes(/^200 node-2 v2 primary$/);
    const reply = await pinned();
    expect(said(reply.headers)).toBe("node-1 v1 primary");
    await unload(fleet.v1.id);
    await eventually(async () =>
      expect(await errorOf(await pinned())).toMatchObject({ code: "pinned_version_not_routable" }),
    );
  });
});

describe("nodes that fail", () => {
  it("uses the other node when one refuses connections, and tells nobody a lie about who answered", async () => {
    await nodes[0].stop();
    for (let count = 0; count < 4; count += 1) {
      const reply = await chat();
      await reply.arrayBuffer();
      expect([reply.status, said(reply.headers)]).toEqual([200, "node-2 v2 primary"]);
    }
    await nodes[1].stop();
    expect(await errorOf(await chat())).toMatchObject({ status: 503, code: "no_node" });
    await nodes[0].start(nodes[0].port);
    await eventually(async () => expect(said((await chat()).headers)).toBe("node-1 v2 primary"));
  });

  it("leaves a node alone whose health check fails", async () => {
    nodes[1].health = 503;
    await write(({ client }) => client.setting.create({ data: { key: "health_check_interval", value: 1 } }));
    await eventually(async () => {
      const metrics = await (await fetch(`http://127.0.0.1:${gateway.metricsPort}/metrics`)).text();
      expect(metrics).toContain('switchyard_gateway_node_up{node="node-2"} 0');
    });
    expect(said((await chat()).headers)).toBe("node-1 v2 primary");
  });

  it("asks another node when one has lost the adapter, and falls back in the open when all have", async () => {
    nodes[0].names.delete(fleet.v2.loraName);
    for (let count = 0; count < 3; count += 1) expect(said((await chat()).headers)).toBe("node-2 v2 primary");
    nodes[1].names.delete(fleet.v2.loraName);
    expect(said((await chat()).headers)).toMatch(/^node-[12] base base_model$/);
  });

  it("breaks the client's connection when a node breaks off in the middle, and never sends a second answer", async () => {
    for (const node of nodes) node.answer = openStream;
    const arriving = Promise.race(nodes.map((node) => node.nextRequest()));
    const reply = await chat({}, { stream: true });
    const node = await arriving;
    node.response.write(event(node.model, "half"));
    const reader = reply.body?.getReader();
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toContain("half");
    node.response.destroy();
    await expect(reader?.read()).rejects.toThrow();
    expect(nodes.flatMap((one) => one.seen)).toHaveLength(1);
  });

  it("lets go of the node when the client leaves", async () => {
    for (const node of nodes) node.answer = openStream;
    const arriving = Promise.race(nodes.map((node) => node.nextRequest()));
    const leave = new AbortController();
    const reply = await post("/v1/chat/completions", '{"stream":true}', {}, leave.signal);
    expect(reply.status).toBe(200);
    leave.abort();
    await (await arriving).gone;
    const metrics = async () => (await fetch(`http://127.0.0.1:${gateway.metricsPort}/metrics`)).text();
    await eventually(async () => expect(await metrics()).toContain("switchyard_gateway_clients_gone_total 1"));
    expect(await metrics()).toContain('switchyard_gateway_in_flight{node="node-1"} 0');
  });

  it("lets go of a node that has not answered at all when the client leaves", async () => {
    for (const node of nodes) node.answer = () => {};
    const arriving = Promise.race(nodes.map((node) => node.nextRequest()));
    const leave = new AbortController();
    const reply = post("/v1/chat/completions", "{}", {}, leave.signal).catch(() => "left");
    const { gone } = await arriving;
    leave.abort();
    await gone;
    expect(await reply).toBe("left");
  });
});

describe("the trace", () => {
  it("holds who, what, where and when of each request, and nothing of its content", async () => {
    const reply = await chat({ "x-tenant-id": fleet.acme });
    await reply.arrayBuffer();
    await write(({ client }) => client.registration.deleteMany({ where: { versionId: fleet.v2.id } }));
    await eventually(async () => expect(said((await chat()).headers)).toContain("base_model"));
    await gateway.stop();
    const [first, ...rest] = await traces();
    expect(first).toMatchObject({
      id: reply.headers.get("x-request-id"),
      tenantId: fleet.acme,
      adapterId: fleet.adapterId,
      versionId: fleet.v2.id,
      loraName: fleet.v2.loraName,
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
      adapterId: fleet.adapterId,
      versionId: null,
      loraName: null,
    });
    gateway = await start();
  });
});

describe("stopping", () => {
  it("answers what runs, takes nothing new, and keeps the traces", async () => {
    for (const node of nodes) node.answer = openStream;
    const arriving = Promise.race(nodes.map((node) => node.nextRequest()));
    const reply = await chat({}, { stream: true });
    const node = await arriving;
    const stopped = gateway.stop();
    await eventually(() => expect(fetch(url("/livez"))).rejects.toThrow());
    node.response.end(event(node.model, "last words"));
    expect(await reply.text()).toContain("last words");
    await stopped;
    expect((await traces()).map((trace) => [trace.status, trace.stream])).toEqual([[200, true]]);
    gateway = await start();
  });
});
