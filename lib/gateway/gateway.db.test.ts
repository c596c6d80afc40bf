import { once } from "node:events";
import { connect } from "node:net";
import OpenAI, { APIError } from "openai";
import { describe, expect, it } from "vitest";
import * as seed from "#lib/metrics/testing/seed-catalog.ts";
import { event, openStream } from "./testing/fake-node.ts";
import {
  allSeen,
  BASE,
  chat,
  errorOf,
  eventually,
  gatewayWorld,
  MESSAGES,
  NOW,
  nextRequest,
  post,
  readTraces,
  said,
  url,
  write,
} from "./testing/gateway-world.ts";
import { ACME_KEY, GLOBEX_KEY, TRUSTED_KEY } from "./testing/make-snapshot.ts";

const world = gatewayWorld();

describe("the official openai client", () => {
  const client = () => new OpenAI({ baseURL: url(world, "/v1"), apiKey: ACME_KEY, maxRetries: 0 });

  it("chats with the live version, and is told who answered", async () => {
    const { data, response } = await client()
      .chat.completions.create({ model: "support", messages: MESSAGES })
      .withResponse();
    expect(data.choices[0]?.message.content).toContain("say");
    expect(said(response.headers)).toMatch(/^node-[12] v2 primary$/);
    expect(response.headers.get("x-switchyard-version-id")).toBe(world.fleet.v2.id);
    expect(response.headers.get("x-request-id")).toMatch(/^req_[0-9a-f]{32}$/);
    const [seen] = allSeen(world);
    expect(seen?.model).toBe(world.fleet.v2.loraName);
    expect(seen?.headers.authorization).toBe("Bearer node-key");
    expect(seen?.headers["x-request-id"]).toBe(response.headers.get("x-request-id"));
  });

  it("streams: the first chunk arrives while the node still works on the second", async () => {
    for (const node of world.nodes) node.answer = openStream;
    const arriving = nextRequest(world);
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
    await write(world, (db) => db.tenant.update({ where: { id: world.fleet.acme }, data: { allowBaseModel: true } }));
    await eventually(async () => expect(await ids()).toEqual(["support", BASE]));
    const { response } = await client().chat.completions.create({ model: BASE, messages: MESSAGES }).withResponse();
    expect(said(response.headers)).toMatch(/^node-[12] base base_model$/);
  });

  it("reads one model, and none that the key may not see", async () => {
    expect(await client().models.retrieve("support")).toMatchObject({ id: "support", owned_by: "acme" });
    const refused = async (id: string, key = ACME_KEY) => {
      const models = new OpenAI({ baseURL: url(world, "/v1"), apiKey: key, maxRetries: 0 }).models;
      return models.retrieve(id).catch((thrown: unknown) => thrown);
    };
    expect(await refused(BASE)).toMatchObject({ status: 404, code: "model_not_found" });
    expect(await refused("support", GLOBEX_KEY)).toMatchObject({ status: 404, code: "model_not_found" });
    expect(await refused("sales", GLOBEX_KEY)).toMatchObject({ status: 404, code: "model_not_live" });
    await write(world, (db) => db.tenant.update({ where: { id: world.fleet.acme }, data: { allowBaseModel: true } }));
    await eventually(async () => expect(await refused(BASE)).toMatchObject({ id: BASE }));
    expect(allSeen(world)).toEqual([]);
  });
});

describe("embeddings and responses", () => {
  const offer = (data: { servesEmbeddings?: boolean; servesResponses?: boolean }) =>
    write(world, (db) => db.pool.update({ where: { id: world.fleet.poolId }, data }));
  const ask = (path: "embeddings" | "responses", body: object = {}) =>
    post(world, `/v1/${path}`, JSON.stringify({ model: "support", input: "hello", ...body }));
  const answered = (path: "embeddings" | "responses", body: object = {}) =>
    eventually(async () => {
      const reply = await ask(path, body);
      expect(reply.status).toBe(200);
      return reply;
    });

  const TOKENS = {
    embeddings: { promptTokens: 7, completionTokens: null },
    responses: { promptTokens: 9, completionTokens: 4 },
  };

  it.each(["embeddings", "responses"] as const)(
    "passes on no %s until the pool is set to, and keeps a trace of each",
    async (path) => {
      const usage = {
        embeddings: { prompt_tokens: 7, total_tokens: 7 },
        responses: { input_tokens: 9, output_tokens: 4 },
      };
      for (const node of world.nodes)
        node.answer = ({ response }) => response.end(JSON.stringify({ object: "list", usage: usage[path] }));
      expect(await errorOf(await ask(path))).toMatchObject({ status: 404, code: "endpoint_not_served" });
      expect(allSeen(world)).toEqual([]);
      await offer(path === "embeddings" ? { servesEmbeddings: true } : { servesResponses: true });
      const reply = await answered(path);
      expect(said(reply.headers)).toMatch(/^node-[12] v2 primary$/);
      expect(allSeen(world).map((seen) => [seen.path, seen.model])).toEqual([[`/v1/${path}`, world.fleet.v2.loraName]]);
      const { acme: tenantId, adapterId, v2 } = world.fleet;
      const asked = { tenantId, adapterId, versionId: v2.id, nodeId: expect.stringMatching(/^nod/), kind: "user" };
      await eventually(async () => {
        const traces = (await readTraces(world)).filter(({ status }) => status === 200);
        const key = await write(world, (db) => db.apiKey.findFirst({ where: { tenantId } }));
        expect(traces).toEqual([
          expect.objectContaining({ ...asked, path: `/v1/${path}`, keyId: key?.id, via: "primary", ...TOKENS[path] }),
        ]);
        const usage = await write(world, (db) => db.usageMinute.findMany({ where: { tenantId, answered: { gt: 0 } } }));
        const { promptTokens = 0, completionTokens } = TOKENS[path];
        expect(usage).toEqual([
          expect.objectContaining({
            ...{ ...asked, answered: 1, uncounted: 0 },
            ...{ promptTokens: BigInt(promptTokens), completionTokens: BigInt(completionTokens ?? 0) },
          }),
        ]);
      });
      const other = path === "embeddings" ? "responses" : "embeddings";
      expect(await errorOf(await ask(other))).toMatchObject({ code: "endpoint_not_served" });
    },
  );

  it("has nothing stored of a response, and passes on none that asks for it", async () => {
    await offer({ servesResponses: true });
    await answered("responses");
    await answered("responses", { store: false, previous_response_id: null, background: false });
    const sent = allSeen(world).map(({ body }) => JSON.parse(body));
    expect(sent.map(({ store }) => store)).toEqual([false, false]);
    for (const fields of [{ store: true }, { store: null }, { previous_response_id: "resp_1" }, { background: true }])
      expect(await errorOf(await ask("responses", fields))).toMatchObject({
        status: 400,
        code: "stored_responses_refused",
        param: "store",
      });
    const twice = '{"model":"support","input":"x","store":true,"store":false}';
    expect(await errorOf(await post(world, "/v1/responses", twice))).toMatchObject({
      code: "stored_responses_refused",
    });
    const read = await fetch(url(world, "/v1/responses/resp_1"), { headers: { authorization: `Bearer ${ACME_KEY}` } });
    expect(await errorOf(read)).toMatchObject({ status: 404, code: "unknown_url" });
    expect(allSeen(world)).toHaveLength(2);
  });

  it("lets no other model stand in for an embedding's", async () => {
    await offer({ servesEmbeddings: true });
    await answered("embeddings");
    await write(world, (db) => db.registration.deleteMany({ where: { versionId: world.fleet.v2.id } }));
    await eventually(async () =>
      expect(await errorOf(await ask("embeddings"))).toMatchObject({ status: 503, code: "no_node" }),
    );
    expect(allSeen(world).every(({ model }) => model === world.fleet.v2.loraName)).toBe(true);
  });

  it("keeps tenants apart and counts them against their limits", async () => {
    await offer({ servesEmbeddings: true, servesResponses: true });
    await write(world, (db) => db.tenant.update({ where: { id: world.fleet.acme }, data: { requestsPerMinute: 1 } }));
    await eventually(async () =>
      expect(await errorOf(await ask("responses"))).toMatchObject({ status: 429, code: "requests_per_minute" }),
    );
    const mismatch = await post(world, "/v1/embeddings", "{}", { "x-tenant-id": "globex" });
    expect(await errorOf(mismatch)).toMatchObject({ status: 403, code: "tenant_mismatch" });
  });
});

describe("what reaches a node", () => {
  it("is the body as it was sent but for the model, and no credential of the client", async () => {
    const body =
      '{ "temperature" : 1.50, "model":"support", "messages":[{"role":"user","content":"\\u00e9 {\\"model\\":1}"}] , "tenant_id":"globex"}';
    const reply = await post(world, "/v1/chat/completions?x=1", body, { cookie: "session=1", "x-tenant-id": "acme" });
    expect([reply.status, said(reply.headers)]).toEqual([200, expect.stringMatching(/v2 primary$/)]);
    const [seen] = allSeen(world);
    expect(seen?.body).toBe(body.replace('"support"', JSON.stringify(world.fleet.v2.loraName)));
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
    "GET /v1/models/",
    "POST /v1/models/support",
    "DELETE /v1/models/support",
    "GET /v1/embeddings",
    "GET /v1/responses/resp_1",
    "DELETE /v1/responses/resp_1",
    "POST /v1/responses/resp_1/cancel",
  ])("is never %s", async (line) => {
    const [method = "", path = ""] = line.split(" ");
    // a raw socket: fetch would tidy the path up
    const socket = connect(world.gateway.port, "127.0.0.1");
    socket.write(
      `${method} ${path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${TRUSTED_KEY}\r\nx-tenant-id: acme\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}`,
    );
    const chunks: Buffer[] = [];
    socket.on("data", (chunk) => chunks.push(chunk));
    await once(socket, "close");
    expect(Buffer.concat(chunks).toString("utf8")).toMatch(/^HTTP\/1.1 404 [\s\S]*"unknown_url"/);
    expect(allSeen(world)).toEqual([]);
  });
});

describe("tenants", () => {
  it("refuses a tenant's key with another tenant's header", async () => {
    expect(await errorOf(await chat(world, { "x-tenant-id": "globex" }))).toMatchObject({
      status: 403,
      code: "tenant_mismatch",
      type: "permission_error",
      param: "x-tenant-id",
    });
  });

  it("answers 404 for an unknown tenant before it has seen any of the body", async () => {
    const socket = connect(world.gateway.port, "127.0.0.1");
    socket.write(
      `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${TRUSTED_KEY}\r\nx-tenant-id: nobody\r\ncontent-length: 100\r\n\r\n`,
    );
    const [head] = (await once(socket, "data")) as [Buffer];
    expect(head.toString("utf8")).toMatch(/^HTTP\/1.1 404 [\s\S]*"tenant_not_found"/);
    socket.destroy();
  });

  it("looks at the body only after the tenant, and says what is wrong with it", async () => {
    const bad = (body: string, headers = {}) => post(world, "/v1/chat/completions", body, headers).then(errorOf);
    expect(await bad("{", { "x-tenant-id": "globex" })).toMatchObject({ status: 403 });
    expect(await bad("{")).toMatchObject({ status: 400, code: "bad_json" });
    expect(await bad('{"model":"a","model":"b"}')).toMatchObject({
      status: 400,
      code: "duplicate_model",
      param: "model",
    });
    expect(await bad("x".repeat(10_000_001))).toMatchObject({ status: 413, code: "body_too_large" });
    expect(allSeen(world)).toEqual([]);
  });

  it("hears of a suspension and of a revoked key", async () => {
    await write(world, (client) =>
      client.tenant.update({ where: { id: world.fleet.acme }, data: { status: "suspended" } }),
    );
    await eventually(async () =>
      expect(await errorOf(await chat(world))).toMatchObject({ status: 403, code: "tenant_suspended" }),
    );
    await write(world, (client) =>
      client.apiKey.updateMany({ where: { tenantId: world.fleet.acme }, data: { revokedAt: NOW } }),
    );
    await eventually(async () =>
      expect(await errorOf(await chat(world))).toMatchObject({ status: 401, code: "invalid_api_key" }),
    );
  });

  it("has nothing to serve before something is live", async () => {
    expect(await errorOf(await chat(world, { authorization: `Bearer ${GLOBEX_KEY}` }))).toMatchObject({
      status: 404,
      code: "model_not_live",
    });
  });
});

describe("versions and fallbacks", () => {
  const unload = (versionId: string) =>
    write(world, (client) => client.registration.deleteMany({ where: { versionId } }));
  const policy = (fallback: "reject" | "previous_version") =>
    write(world, (client) => client.tenant.update({ where: { id: world.fleet.acme }, data: { fallback } }));
  const becomes = (expected: string | RegExp) =>
    eventually(async () => {
      const reply = await chat(world);
      await reply.arrayBuffer();
      expect(`${reply.status} ${said(reply.headers)}`).toMatch(expected);
    });

  it("follows the live pointer", async () => {
    await becomes(/^200 node-[12] v2 primary$/);
    await seed.pointRoute(world.database.db, world.fleet.adapterId, {
      liveVersionId: world.fleet.v1.id,
      previousVersionId: world.fleet.v2.id,
    });
    await becomes(/^200 node-[12] v1 primary$/);
  });

  it("says so when the base model answers instead", async () => {
    await unload(world.fleet.v2.id);
    await becomes(/^200 node-[12] base base_model$/);
    expect(allSeen(world).map((seen) => seen.model)).toContain(BASE);
  });

  it("says so when the previous version answers instead", async () => {
    await policy("previous_version");
    await unload(world.fleet.v2.id);
    await becomes(/^200 node-[12] v1 previous_version$/);
  });

  it("turns away when the tenant rather has no answer than another", async () => {
    await policy("reject");
    await unload(world.fleet.v2.id);
    await eventually(async () => {
      const reply = await chat(world);
      expect(reply.headers.get("retry-after")).toBe("5");
      expect(await errorOf(reply)).toMatchObject({ status: 503, code: "no_node", type: "server_error" });
    });
  });

  it("does not trust a proof from before the node's last restart", async () => {
    await write(world, (client) => client.node.updateMany({ data: { epoch: 2 } }));
    await becomes(/^200 node-[12] base base_model$/);
  });

  it("pins for a trusted key: an older version, on a standalone node", async () => {
    await write(world, (client) =>
      client.node.update({ where: { id: world.fleet.nodeIds[0] ?? "" }, data: { standalone: true } }),
    );
    const pinned = () =>
      chat(world, {
        authorization: `Bearer ${TRUSTED_KEY}`,
        "x-tenant-id": "acme",
        "x-switchyard-pin-version": world.fleet.v1.id,
        "x-switchyard-pin-node": world.fleet.nodeIds[0] ?? "",
        "x-switchyard-kind": "eval",
      });
    await becomes(/^200 node-2 v2 primary$/);
    const reply = await pinned();
    expect(said(reply.headers)).toBe("node-1 v1 primary");
    await unload(world.fleet.v1.id);
    await eventually(async () =>
      expect(await errorOf(await pinned())).toMatchObject({ code: "pinned_version_not_routable" }),
    );
  });
});
