import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { addPool, addVersion, seededAdapter, startNode } from "#lib/api/testing/fleet.ts";
import { createTestApi, type TestApi } from "#lib/api/testing/test-api.ts";
import type { SimNode } from "#lib/sim/start-node.ts";
import { runReconcileLoop } from "./loop.ts";

const LOAD = "/v1/load_lora_adapter";
const until = { timeout: 25_000, interval: 60 };

/** A simulated node behind a proxy that passes loads on and can lose or hold back what comes of them. */
let api: TestApi;
let node: SimNode;
let loop: Promise<void>;
const stop = new AbortController();
let loads = 0;
/** What becomes of a load: its reply is cut off once the node has loaded, or the node gets it only when released. */
let fate: "passed on" | "reply lost" | "held back" = "passed on";
let release = () => {};
const proxy = createServer((request, response) => void pass(request, response));

async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const isLoad = request.url === LOAD && !Buffer.concat(chunks).includes('"lora_name":""');
  if (isLoad) loads += 1;
  const forward = () =>
    fetch(`${node.url}${request.url}`, {
      method: request.method ?? "GET",
      headers: { "content-type": "application/json" },
      ...(request.method === "POST" ? { body: Buffer.concat(chunks) } : {}),
    });
  if (isLoad && fate === "held back") {
    release = () => void forward();
    return void request.socket.destroy();
  }
  const reply = await forward();
  const body = await reply.text();
  if (isLoad && fate === "reply lost") return void request.socket.destroy();
  response.writeHead(reply.status).end(body);
}

beforeAll(async () => {
  api = await createTestApi();
  node = await startNode("node-a");
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  loop = runReconcileLoop(api.deps, stop.signal, { intervalMs: 200 });
});
afterAll(async () => {
  stop.abort();
  await loop;
  proxy.closeAllConnections();
  await new Promise((resolve) => proxy.close(resolve));
  await node.stop();
  await api.close();
});

let poolId = "";
async function stageOne(slug: string) {
  if (poolId === "") {
    poolId = (await addPool(api.admin, api.deps.adapterStore)).id;
    const baseUrl = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    await api.admin.call("POST /nodes", { body: { poolId, name: "node-a", baseUrl } });
  }
  const tenant = await api.admin.call("POST /tenants", { body: { slug, name: slug } });
  const adapter = await api.admin.call("POST /tenants/{tenantId}/adapters", {
    params: { tenantId: tenant.id },
    body: { slug: "bot", name: "Bot", poolId },
  });
  const version = await addVersion(api.admin, adapter.id, await seededAdapter(slug));
  loads = 0;
  await api.admin.call("POST /versions/{versionId}/stage", { params: { versionId: version.id }, body: {} });
  return version;
}
const placementOf = async (versionId: string) =>
  (await api.admin.call("GET /placements", { query: { versionId } })).items[0];

describe("a load whose reply is lost", () => {
  it("counts as done when the node lists the adapter, without a second load", async () => {
    fate = "reply lost";
    const version = await stageOne("lost-reply");
    await vi.waitFor(async () => expect(await placementOf(version.id)).toMatchObject({ state: "routable" }), until);
    expect(loads).toBe(1);
  });

  it("is waited for while the node does not list it, and proven as soon as it does", async () => {
    fate = "held back";
    const version = await stageOne("held-back");
    await vi.waitFor(async () => {
      expect(await placementOf(version.id)).toMatchObject({ state: "loading", reason: "load_pending", attempts: 1 });
    }, until);
    release();
    await vi.waitFor(
      async () => expect(await placementOf(version.id)).toMatchObject({ state: "routable", attempts: 0 }),
      until,
    );
    expect(loads).toBe(1);
  });
});
