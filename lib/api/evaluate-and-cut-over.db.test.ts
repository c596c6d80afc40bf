import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { AT_ONCE } from "#lib/cutover/browser/plans.ts";
import { runCutoverLoop } from "#lib/cutover/loop.ts";
import { AnswerKey } from "#lib/demo/answer-key.ts";
import { runEvalLoop } from "#lib/evals/loop.ts";
import { runReconcileLoop } from "#lib/fleet/reconcile/loop.ts";
import { type Gateway, startGateway } from "#lib/gateway/start-gateway.ts";
import { silentLog } from "#lib/platform/log.ts";
import { type SimNode, startSimNode } from "#lib/sim/start-node.ts";
import { addPool, addVersion, BASE_MODEL, seededAdapter } from "./testing/fleet.ts";
import { createTestApi, type TestApi } from "./testing/test-api.ts";

/** Gate, cutover and rollback with every real part: loops, gateway and simulated nodes; only the scenario is made up. */
let api: TestApi;
let nodes: SimNode[];
let gateway: Gateway;
let loops: Promise<void>[];
let scenarioDirectory: string;
const stop = new AbortController();
const until = { timeout: 240_000, interval: 100 };

beforeAll(async () => {
  api = await createTestApi();
  scenarioDirectory = await mkdtemp(join(tmpdir(), "switchyard-scenario-"));
  const scenarioFile = join(scenarioDirectory, "scenario.json");
  const key = new AnswerKey();
  key.add({ seed: "acme", count: 200 });
  await writeFile(scenarioFile, JSON.stringify(key.scenario({})));
  nodes = await Promise.all(["node-a", "node-s"].map((name) => startNode(name, scenarioFile)));
  const pool = await addPool(api.admin, api.deps.adapterStore);
  for (const { name, url } of nodes)
    await api.admin.call("POST /nodes", {
      body: { poolId: pool.id, name, baseUrl: url, standalone: name === "node-s", gpu: "A100" },
    });
  const { db, secrets, log } = api.deps;
  gateway = await startGateway({ db, secrets, log, port: 0, metricsPort: 0, metricsHost: "127.0.0.1" });
  const deps = { ...api.deps, gatewayUrl: `http://127.0.0.1:${gateway.port}` };
  loops = [
    runReconcileLoop(deps, stop.signal, { intervalMs: 100 }),
    runEvalLoop(deps, stop.signal),
    runCutoverLoop(deps, stop.signal),
  ];
});
afterAll(async () => {
  stop.abort();
  await Promise.all(loops);
  await gateway.stop();
  await Promise.all(nodes.map((node) => node.stop()));
  await api.close();
  await rm(scenarioDirectory, { recursive: true, force: true });
});

const startNode = (name: string, scenarioFile: string): Promise<SimNode> => {
  const modelDir = fileURLToPath(new URL("../../e2e/fixtures/tiny-llama", import.meta.url));
  return startSimNode({ port: 0, name, baseModel: BASE_MODEL, modelDir, speed: 200, scenarioFile, log: silentLog });
};

async function evaluate(versionId: string) {
  const { id } = await api.admin.call("POST /versions/{versionId}/runs", { params: { versionId }, body: {} });
  return vi.waitFor(async () => {
    const run = await api.admin.call("GET /runs/{runId}", { params: { runId: id } });
    expect(run).toMatchObject({ state: "completed" });
    return run;
  }, until);
}
async function cutOver(adapterId: string, toVersionId: string, overrideReason?: string) {
  const { id } = await api.admin.call("POST /adapters/{adapterId}/cutovers", {
    params: { adapterId },
    body: { toVersionId, plan: AT_ONCE, ...(overrideReason ? { overrideReason } : {}) },
  });
  await vi.waitFor(async () => {
    const cutover = await api.admin.call("GET /cutovers/{cutoverId}", { params: { cutoverId: id } });
    expect(cutover).toMatchObject({ phase: "completed" });
  }, until);
  return id;
}
async function askAs(key: string) {
  const response = await fetch(`http://127.0.0.1:${gateway.port}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify({ model: "bot", messages: [{ role: "user", content: "Hello" }], max_tokens: 8 }),
  });
  await response.text();
  const header = (name: string) => response.headers.get(`x-switchyard-${name}`);
  return { status: response.status, version: header("version"), via: header("via") };
}

describe("from a checked version to live and back", () => {
  it("passes a gate on both kinds of node, serves each version in turn, and rolls back", async () => {
    const pool = (await api.admin.call("GET /pools", {})).items[0];
    const tenant = await api.admin.call("POST /tenants", { body: { slug: "acme", name: "Acme" } });
    const params = { tenantId: tenant.id };
    const adapter = await api.admin.call("POST /tenants/{tenantId}/adapters", {
      params,
      body: { slug: "bot", name: "Bot", poolId: pool?.id ?? "" },
    });
    await api.admin.call("POST /tenants/{tenantId}/suites", { params, body: { name: "Gate" } });
    const key = await api.keyWith(["inference"], tenant.id);

    const first = await addVersion(api.admin, adapter.id, await seededAdapter("one"));
    const alone = await evaluate(first.id);
    expect(alone).toMatchObject({ baselineKind: "standalone", samplesDone: 3600, verdict: { outcome: "pass" } });
    expect(alone.conditions?.candidate).toEqual(alone.conditions?.baseline);
    await cutOver(adapter.id, first.id);
    await vi.waitFor(
      async () => expect(await askAs(key)).toEqual({ status: 200, version: "v1", via: "primary" }),
      until,
    );

    const second = await addVersion(api.admin, adapter.id, await seededAdapter("two"));
    const cutoverId = await cutOver(adapter.id, second.id, "Proven by the same suite elsewhere.");
    await vi.waitFor(
      async () => expect(await askAs(key)).toEqual({ status: 200, version: "v2", via: "primary" }),
      until,
    );

    await api.admin.call("POST /cutovers/{cutoverId}/rollback", { params: { cutoverId }, body: {} });
    await vi.waitFor(
      async () => expect(await askAs(key)).toEqual({ status: 200, version: "v1", via: "primary" }),
      until,
    );
  }, 600_000);
});
