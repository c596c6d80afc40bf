import OpenAI, { APIError } from "openai";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { AT_ONCE } from "#lib/cutover/browser/canary-defaults.ts";
import { runCutoverLoop } from "#lib/cutover/loop.ts";
import { runReconcileLoop } from "#lib/fleet/reconcile/loop.ts";
import { type Gateway, startGateway } from "#lib/gateway/start-gateway.ts";
import { platformScope } from "#lib/platform/scope.ts";
import type { FallbackPolicy } from "#lib/pools/schema.ts";
import type { SimNode } from "#lib/sim/start-node.ts";
import {
  addPool,
  addVersion,
  BASE_MODEL,
  type FileMap,
  seededAdapter,
  startNode,
  trainedAdapter,
} from "./testing/fleet.ts";
import { type RunningLoop, runningLoop } from "./testing/running-loop.ts";
import { createTestApi, type TestApi } from "./testing/test-api.ts";

/**
 * What a customer's program gets from the gateway, over a catalog that only the API has written and nodes that only the
 * loops have loaded. The cases follow one another: one tenant's day, from nothing live to nodes that died and came back.
 */
const PROMPT = { model: "bot", max_tokens: 8, messages: [{ role: "user" as const, content: "Where is my order?" }] };
let api: TestApi;
let nodes: SimNode[];
let gateway: Gateway;
let reconcile: RunningLoop;
let cutovers: RunningLoop;
let acme: { tenantId: string; adapterId: string; key: string };
let v1: { id: string; loraName: string };
let v2: { id: string; loraName: string };

const startReconcile = () => runningLoop((signal) => runReconcileLoop(api.deps, signal, { intervalMs: 250 }));

beforeAll(async () => {
  api = await createTestApi();
  nodes = await Promise.all(["node-a", "node-b"].map((name) => startNode(name)));
  const pool = await addPool(api.admin, api.deps.adapterStore);
  for (const { name, url } of nodes)
    await api.admin.call("POST /nodes", { body: { poolId: pool.id, name, baseUrl: url } });
  const { db, secrets, log } = api.deps;
  gateway = await startGateway({ db, secrets, log, port: 0, metricsPort: 0, metricsHost: "127.0.0.1" });
  reconcile = startReconcile();
  cutovers = runningLoop((signal) => runCutoverLoop(api.deps, signal));
  acme = await addTenant("acme", pool.id);
  await addTenant("globex", pool.id);
});
afterAll(async () => {
  await Promise.all([reconcile.stop(), cutovers.stop()]);
  await gateway.stop();
  await Promise.all(nodes.map((node) => node.stop()));
  await api.close();
});

async function addTenant(slug: string, poolId: string) {
  const { id: tenantId } = await api.admin.call("POST /tenants", { body: { slug, name: slug } });
  const params = { tenantId };
  const body = { slug: "bot", name: "Bot", poolId };
  const { id: adapterId } = await api.admin.call("POST /tenants/{tenantId}/adapters", { params, body });
  const created = await api.admin.call("POST /tenants/{tenantId}/keys", {
    params,
    body: { name: "app", scopes: ["inference"] },
  });
  return { tenantId, adapterId, key: created.key };
}
async function goLive(files: FileMap): Promise<{ id: string; loraName: string }> {
  const { id, loraName } = await addVersion(api.admin, acme.adapterId, files);
  await api.admin.call("POST /adapters/{adapterId}/cutovers", {
    params: { adapterId: acme.adapterId },
    body: { toVersionId: id, overrideReason: "Proven by the same suite elsewhere.", plan: AT_ONCE },
  });
  return { id, loraName: loraName ?? "" };
}
async function setFallback(fallback: FallbackPolicy): Promise<void> {
  const params = { tenantId: acme.tenantId };
  const { generation } = await api.admin.call("GET /tenants/{tenantId}", { params });
  await api.admin.call("PATCH /tenants/{tenantId}", { params, generation, body: { fallback } });
}
const eachNode = async (route: "POST /nodes/{nodeId}/cordon" | "POST /nodes/{nodeId}/uncordon", names: string[]) => {
  const { items } = await api.admin.call("GET /nodes", { query: {} });
  for (const { id, name } of items) if (names.includes(name)) await api.admin.call(route, { params: { nodeId: id } });
};
/** Takes a name off every node behind the fleet's back. */
async function forget(loraName: string): Promise<void> {
  for (const { url } of nodes) {
    const body = JSON.stringify({ lora_name: loraName });
    const headers = { "content-type": "application/json" };
    const reply = await fetch(`${url}/v1/unload_lora_adapter`, { method: "POST", headers, body });
    expect(reply.status).toBe(200);
  }
}

const client = (headers: Record<string, string> = {}, apiKey = acme.key) =>
  new OpenAI({ baseURL: `http://127.0.0.1:${gateway.port}/v1`, apiKey, maxRetries: 0, defaultHeaders: headers });
/** "v1 primary node-a": what answered, by which way, and where. */
const said = (headers: Headers): string =>
  ["version", "via", "served-by"].map((name) => headers.get(`x-switchyard-${name}`)).join(" ");
const ask = async (headers: Record<string, string> = {}, apiKey = acme.key): Promise<string> => {
  try {
    const { data, response } = await client(headers, apiKey).chat.completions.create(PROMPT).withResponse();
    expect(data.choices[0]?.message).toBeDefined();
    return said(response.headers);
  } catch (error) {
    if (!(error instanceof APIError)) throw error;
    return `${error.status} ${error.code}`;
  }
};
const becomes = (expected: string | RegExp) =>
  vi.waitFor(async () => expect(await ask()).toMatch(expected), { timeout: 20_000, interval: 50 });

describe("a customer's program", () => {
  it("is told that nothing is live yet", async () => {
    await becomes(/^404 model_not_live$/);
  });

  it("chats with the live version", async () => {
    v1 = await goLive(await trainedAdapter("support-bot"));
    await becomes(/^v1 primary node-[ab]$/);
    const { data, response } = await client().chat.completions.create(PROMPT).withResponse();
    expect(response.headers.get("x-switchyard-version-id")).toBe(v1.id);
    expect(data).toMatchObject({ object: "chat.completion", model: v1.loraName });
    expect(data.usage?.completion_tokens).toBeGreaterThan(0);
  });

  it("gets the same answer as a stream, with the headers before the first word", async () => {
    const whole = await client().chat.completions.create({ ...PROMPT, temperature: 0 });
    const { data, response } = await client()
      .chat.completions.create({ ...PROMPT, temperature: 0, stream: true })
      .withResponse();
    expect(said(response.headers)).toMatch(/^v1 primary node-[ab]$/);
    expect(response.headers.get("content-type")).toContain("text/event-stream");
    const parts: string[] = [];
    let finish: string | null = null;
    for await (const { choices, model } of data) {
      expect(model).toBe(v1.loraName);
      parts.push(choices[0]?.delta.content ?? "");
      finish = choices[0]?.finish_reason ?? finish;
    }
    expect(parts.join("")).toBe(whole.choices[0]?.message.content ?? "");
    expect(finish).toBe(whole.choices[0]?.finish_reason);
  });

  it("lists its own models only, by the names it may use", async () => {
    const names = async () => (await client().models.list()).data.map(({ id }) => id);
    expect(await names()).toEqual(["bot"]);
    await expect(client().chat.completions.create({ ...PROMPT, model: v1.loraName })).rejects.toMatchObject({
      status: 404,
      code: "model_not_found",
    });
    await expect(client().chat.completions.create({ ...PROMPT, model: BASE_MODEL })).rejects.toMatchObject({
      status: 404,
    });
  });

  it("is refused with another tenant's header, and so is a trusted key with an unknown tenant", async () => {
    const error = await client({ "x-tenant-id": "globex" })
      .chat.completions.create(PROMPT)
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ status: 403, code: "tenant_mismatch", param: "x-tenant-id" });
    expect(String(error)).toContain("Leave out x-tenant-id");
    const trusted = await api.keyWith(["gateway:trusted"]);
    await vi.waitFor(async () => expect(await ask({ "x-tenant-id": "acme" }, trusted)).toMatch(/^v1 primary /));
    expect(await ask({ "x-tenant-id": "nobody" }, trusted)).toBe("404 tenant_not_found");
    expect(await ask({ "x-tenant-id": "globex" }, trusted)).toBe("404 model_not_live");
  });

  it("gets the next version once it is cut over", async () => {
    v2 = await goLive(await seededAdapter("two"));
    await becomes(/^v2 primary node-[ab]$/);
  });
});

describe("when nodes are out of service", () => {
  const ALL = ["node-a", "node-b"];

  it("is served by the one that is left, and turned away without any", async () => {
    await eachNode("POST /nodes/{nodeId}/cordon", ["node-a"]);
    await becomes(/^v2 primary node-b$/);
    await eachNode("POST /nodes/{nodeId}/cordon", ["node-b"]);
    await becomes(/^503 no_node$/);
    await eachNode("POST /nodes/{nodeId}/uncordon", ALL);
    await becomes(/^v2 primary node-[ab]$/);
  });
});

describe("when a node is drained under traffic", () => {
  it("answers every request with the live version, and empties the node before its deadline", async () => {
    const { items } = await api.admin.call("GET /nodes", { query: {} });
    // a few requests of one version keep to one node's slots: that one is drained
    const drained = (await ask()).split(" ").at(-1) ?? "";
    const other = drained === "node-a" ? "node-b" : "node-a";
    const params = { nodeId: items.find(({ name }) => name === drained)?.id ?? "" };
    const answers: string[] = [];
    let isOver = false;
    const customers = Array.from({ length: 4 }, async () => {
      while (!isOver) answers.push(await ask());
    });
    await vi.waitFor(() => expect(answers.some((answer) => answer.endsWith(drained))).toBe(true), 20_000);
    await api.admin.call("POST /nodes/{nodeId}/drain", { params, body: { deadlineSeconds: 300 } });
    await vi.waitFor(async () => {
      const { health, healthReason } = await api.admin.call("GET /nodes/{nodeId}", { params });
      expect([health, healthReason]).toEqual(["cordoned", expect.stringMatching(/Drained at /)]);
    }, 20_000);
    isOver = true;
    await Promise.all(customers);
    expect(answers.filter((answer) => !/^v2 primary node-[ab]$/.test(answer))).toEqual([]);
    expect(answers.slice(-4).every((answer) => answer.endsWith(other))).toBe(true);
    await eachNode("POST /nodes/{nodeId}/uncordon", [drained]);
    await vi.waitFor(async () => {
      const busy = await Promise.all(Array.from({ length: 4 }, () => ask()));
      expect(busy.some((answer) => answer === `v2 primary ${drained}`)).toBe(true);
    }, 20_000);
  });
});

describe("when the live version is on no node", () => {
  it("answers with the version before, where the tenant wants that, and says so", async () => {
    await setFallback("previous_version");
    await reconcile.stop(); // it would bring the version back within a moment
    await forget(v2.loraName);
    await becomes(/^v1 previous_version node-[ab]$/);
  });

  it("answers with the base model, where the tenant wants that, and says so", async () => {
    await setFallback("base_model");
    await becomes(/^base base_model node-[ab]$/);
    const { data } = await client().chat.completions.create(PROMPT).withResponse();
    expect(data.model).toBe(BASE_MODEL);
  });

  it("turns away, where the tenant rather has no answer than another", async () => {
    await setFallback("reject");
    await becomes(/^503 no_node$/);
  });
});

describe("when both nodes are killed", () => {
  it("turns away with the time to wait, and serves the same version once they are back", async () => {
    await setFallback("base_model");
    await becomes(/^base base_model node-[ab]$/);
    await Promise.all(nodes.map((node) => node.kill()));
    await becomes(/^503 no_node$/);
    const error = await client()
      .chat.completions.create(PROMPT)
      .catch((thrown: unknown) => thrown);
    if (!(error instanceof APIError)) throw new Error("expected a refusal");
    expect(error.headers?.get("retry-after")).toBe("5");
    nodes = await Promise.all(nodes.map(({ name, port }) => startNode(name, port)));
    reconcile = startReconcile();
    await becomes(/^v2 primary node-[ab]$/);
  });

  it("leaves a trace of every answer, with the way it took", async () => {
    const vias = () =>
      api.deps.db.read(platformScope, ({ client }) =>
        client.request.groupBy({ by: ["via", "versionId"], where: { tenantId: acme.tenantId, status: 200 } }),
      );
    await vi.waitFor(
      async () =>
        expect((await vias()).map(({ via, versionId }) => `${via} ${versionId}`).sort()).toEqual(
          [`base_model null`, `previous_version ${v1.id}`, `primary ${v1.id}`, `primary ${v2.id}`].sort(),
        ),
      { timeout: 10_000, interval: 100 },
    );
  });
});
