import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { runCutoverLoop } from "#lib/cutover/loop.ts";
import { runReconcileLoop } from "#lib/fleet/reconcile/loop.ts";
import { type Gateway, startGateway } from "#lib/gateway/start-gateway.ts";
import { systemRead, systemWrite } from "#lib/identity/ctx.ts";
import { createLease } from "#lib/platform/lease.ts";
import { scrubRound } from "#lib/registry/integrity/scrub-round.ts";
import { getVersionForNode } from "#lib/registry/versions/get-version-for-node.ts";
import type { SimNode } from "#lib/sim/start-node.ts";
import { addPool, addVersion, startNode, trainedAdapter } from "./testing/fleet.ts";
import { type RunningLoop, runningLoop } from "./testing/running-loop.ts";
import { createTestApi, type TestApi } from "./testing/test-api.ts";

/**
 * One flipped byte in the store, under a version that customers are being answered with. The steps follow one another.
 */
let api: TestApi;
let node: SimNode;
let gateway: Gateway;
let key: string;
let loops: RunningLoop[];
let version: { id: string; loraName: string | null; tenantId: string };

const until = { timeout: 20_000, interval: 50 };

beforeAll(async () => {
  api = await createTestApi();
  node = await startNode("node-a");
  const pool = await addPool(api.admin, api.deps.adapterStore);
  await api.admin.call("POST /nodes", { body: { poolId: pool.id, name: "node-a", baseUrl: node.url } });
  const { db, secrets, log } = api.deps;
  gateway = await startGateway({ db, secrets, log, port: 0, metricsPort: 0, metricsHost: "127.0.0.1" });
  loops = [
    runningLoop((signal) => runReconcileLoop(api.deps, signal, { intervalMs: 250 })),
    runningLoop((signal) => runCutoverLoop(api.deps, signal)),
  ];
  const { id: tenantId } = await api.admin.call("POST /tenants", { body: { slug: "acme", name: "Acme" } });
  const params = { tenantId };
  const { id: adapterId } = await api.admin.call("POST /tenants/{tenantId}/adapters", {
    params,
    body: { slug: "bot", name: "Bot", poolId: pool.id },
  });
  const body = { name: "app", scopes: ["inference" as const] };
  ({ key } = await api.admin.call("POST /tenants/{tenantId}/keys", { params, body }));
  version = await addVersion(api.admin, adapterId, await trainedAdapter("support-bot"));
  await api.admin.call("POST /adapters/{adapterId}/cutovers", {
    params: { adapterId },
    body: { toVersionId: version.id, overrideReason: "Proven by the same suite elsewhere." },
  });
});
afterAll(async () => {
  await Promise.all(loops.map((loop) => loop.stop()));
  await gateway.stop();
  await node.stop();
  await api.close();
});

/** "v1 primary": which version answered, and by which way. */
async function ask(): Promise<string> {
  const reply = await fetch(`http://127.0.0.1:${gateway.port}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify({ model: "bot", max_tokens: 4, messages: [{ role: "user", content: "Hello" }] }),
  });
  await reply.arrayBuffer();
  return [reply.status, reply.headers.get("x-switchyard-version"), reply.headers.get("x-switchyard-via")].join(" ");
}
const answers = (expected: string) => vi.waitFor(async () => expect(await ask()).toBe(expected), until);
const read = () => api.admin.call("GET /versions/{versionId}", { params: { versionId: version.id } });
const loadsOf = async () => {
  const { items } = await api.admin.call("GET /nodes", { query: {} });
  const params = { nodeId: items[0]?.id ?? "" };
  const events = await api.admin.call("GET /nodes/{nodeId}/events", { params, query: { kind: "load" } });
  return events.items.filter(({ versionId, outcome }) => versionId === version.id && outcome === "ok").length;
};

async function flipOneByte(): Promise<void> {
  const stored = await systemRead(api.deps, "test", (ctx) => getVersionForNode(ctx.tx, version.id));
  const file = join(api.deps.adapterStore, stored?.storePath ?? "", "adapter_model.safetensors");
  const bytes = await readFile(file);
  bytes[bytes.length - 100] = (bytes[bytes.length - 100] ?? 0) ^ 1;
  await chmod(file, 0o644);
  await writeFile(file, bytes);
}

/** A day later, so that the scrubber comes by. */
async function scrub() {
  await systemWrite(api.deps, "test", ({ tx }) =>
    tx.client.adapterVersion.updateMany({ data: { verifiedAt: new Date(Date.now() - 86_400_000) } }),
  );
  const term = await createLease(api.deps.db, { name: "scrub", holder: "test", ttlMs: 60_000 }).acquire();
  return scrubRound(api.deps, { name: "scrub", term: term ?? 0n }, new AbortController().signal);
}

it("is served before", async () => {
  await answers("200 v1 primary");
  expect(await scrub()).toMatchObject({ proven: 1, quarantined: 0 });
});

it("is quarantined by the scrubber, shown on the overview, and served all the same", async () => {
  await flipOneByte();
  expect(await scrub()).toMatchObject({ proven: 0, quarantined: 1 });
  expect(await read()).toMatchObject({
    state: "quarantined",
    aliases: ["live"],
    stateReason: expect.stringMatching(/^adapter_model\.safetensors is not what was registered/),
  });
  const overview = await api.admin.call("GET /overview", {});
  expect(overview.sentence).toMatch(/1 live version is quarantined\.$/);
  expect(overview.needsYou).toMatchObject([
    {
      state: "blocked",
      sentence: expect.stringMatching(/^Version 1 is live and quarantined: it serves until its nodes restart/),
      action: { label: "Open report", href: expect.stringContaining(version.id) },
    },
  ]);
  const loads = await loadsOf();
  for (let request = 0; request < 5; request += 1) expect(await ask()).toBe("200 v1 primary");
  expect(await loadsOf()).toBe(loads);
});

it("is never loaded again: after a restart of its node the fallback answers, and says so", async () => {
  const loads = await loadsOf();
  const { port } = node;
  await node.kill();
  node = await startNode("node-a", port);
  await answers("200 base base_model");
  await vi.waitFor(async () => {
    const { items } = await api.admin.call("GET /nodes", { query: {} });
    expect(items[0]).toMatchObject({ epoch: expect.any(Number), health: expect.stringMatching(/healthy|degraded/) });
  }, until);
  const listed = await (await fetch(`${node.url}/v1/models`)).text();
  expect(listed).not.toContain(version.loraName);
  expect(await loadsOf()).toBe(loads);
});
