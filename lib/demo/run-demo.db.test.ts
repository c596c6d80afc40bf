import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createTestApi, type TestApi } from "#lib/api/testing/test-api.ts";
import { runCutoverLoop } from "#lib/cutover/loop.ts";
import { runEvalLoop } from "#lib/evals/loop.ts";
import { runReconcileLoop } from "#lib/fleet/reconcile/loop.ts";
import { type Gateway, startGateway } from "#lib/gateway/start-gateway.ts";
import { silentLog } from "#lib/platform/log.ts";
import { type SimNode, startSimNode } from "#lib/sim/start-node.ts";
import { BASE_MODEL, MODEL_DIR } from "#lib/sim/testing/node-fixture.ts";
import { OVERRIDE_REASON } from "./companies.ts";
import { type DemoOptions, runDemo } from "./run-demo.ts";

/**
 * The small demo from an empty catalog: the API, the worker's loops, a gateway and four nodes, without the web server. How
 * each story ends after its gate is seen in the browser tests, whose demo has time for it.
 */
let api: TestApi;
let nodes: SimNode[];
let gateway: Gateway;
let loops: Promise<unknown>;
let directory: string;
const stop = new AbortController();
const until = { timeout: 60_000, interval: 250 };

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "switchyard-demo-"));
  api = await createTestApi();
  const start = (name: string) =>
    startSimNode({
      port: 0,
      name,
      baseModel: BASE_MODEL,
      modelDir: MODEL_DIR,
      speed: 100,
      scenarioFile: join(directory, "scenario.json"),
      log: silentLog,
    });
  nodes = await Promise.all(["a100-1", "a100-2", "standalone-1", "origin-1"].map(start));
  const { db, secrets } = api.deps;
  gateway = await startGateway({ db, secrets, log: silentLog, port: 0, metricsPort: 0, metricsHost: "127.0.0.1" });
  const deps = { ...api.deps, gatewayUrl: `http://127.0.0.1:${gateway.port}` };
  loops = Promise.all([
    runReconcileLoop(deps, stop.signal, { intervalMs: 250 }),
    runEvalLoop(deps, stop.signal),
    runCutoverLoop(deps, stop.signal),
  ]);
});
afterAll(async () => {
  stop.abort();
  await loops;
  await gateway.stop();
  await Promise.all(nodes.map((node) => node.stop()));
  await api.close();
  await rm(directory, { recursive: true, force: true });
});

/** What the start said about how far it is. */
const said: string[] = [];

/** Starts the driver; `ready` resolves when everything is written. */
function startDemo(): { ready: Promise<void>; end: () => Promise<void> } {
  const ending = new AbortController();
  let onReady = () => {};
  const ready = new Promise<void>((resolve) => {
    onReady = resolve;
  });
  const options: DemoOptions = {
    baseUrl: "http://localhost",
    gatewayUrl: `http://127.0.0.1:${gateway.port}`,
    apiKey: api.adminKey,
    modelDirectory: MODEL_DIR,
    adapterDirectory: api.deps.adapterStore,
    scenarioFile: join(directory, "scenario.json"),
    nodes: nodes.map(({ name, url, port }) => ({
      ...{ name, url, port, args: [] },
      standalone: name === "standalone-1",
      isOrigin: name === "origin-1",
    })),
    scenario: "small",
    signal: ending.signal,
    log: silentLog,
    onProgress: (text) => said.push(text),
    onReady,
    fetch: async (input, init) => {
      const request = new Request(input, init);
      return api.fetch(`${new URL(request.url).pathname}${new URL(request.url).search}`, request);
    },
  };
  const run = runDemo(options);
  const end = async () => {
    ending.abort(new Error("the test is over"));
    await run;
  };
  return { ready: Promise.race([ready, run]), end };
}

async function outcome() {
  const { items: adapters } = await api.admin.call("GET /adapters", { query: { limit: 200 } });
  return Object.fromEntries(adapters.map((adapter) => [adapter.tenantSlug, adapter.route.liveVersionNumber]));
}

describe("the small demo", () => {
  it("is ready once all is written and every adopted tenant is live; its gates go on", async () => {
    const demo = startDemo();
    await demo.ready;
    expect(await outcome()).toMatchObject({ cobalt: 1, northwind: 1, quillstone: 1, hollis: null, pinecrest: null });
    await vi.waitFor(async () => {
      const { items } = await api.admin.call("GET /runs", { query: { limit: 200 } });
      expect(items.map(({ tenantSlug }) => tenantSlug).sort()).toEqual([
        "cobalt",
        "harborline",
        "northwind",
        "pinecrest",
      ]);
    }, until);
    const { items: movingIn } = await api.admin.call("GET /moving-in", {});
    expect(movingIn).toMatchObject([{ tenantSlug: "pinecrest", state: "at_origin", gpus: 1, costPerMonth: 600 }]);
    const { items: cutovers } = await api.admin.call("GET /cutovers", { query: { limit: 200 } });
    const overridden = cutovers.filter((cutover) => cutover.overrideReason !== null);
    expect(overridden.map((cutover) => `${cutover.tenantSlug} v${cutover.toNumber}`).sort()).toEqual([
      "cobalt v1",
      "northwind v1",
      "quillstone v1",
    ]);
    expect(overridden.every((cutover) => cutover.adopted)).toBe(true);
    const counts = said.flatMap((text) => /^(\d+) of \d+ tenants written/.exec(text)?.[1] ?? []).map(Number);
    expect(counts.length).toBeGreaterThan(2);
    expect(counts).toEqual(counts.toSorted((a, b) => a - b));
    expect(new Set(overridden.map((cutover) => cutover.overrideReason))).toEqual(new Set([OVERRIDE_REASON]));
    const { items: controls } = await api.admin.call("GET /controls", { query: {} });
    expect(controls.map(({ title, active }) => `${title}: ${active}`)).toEqual([
      "Serve the fallback to Quillstone Books: true",
    ]);
    const { items: objectives } = await api.admin.call("GET /objectives", { query: {} });
    expect(objectives.map(({ scope, target, status }) => `${scope.name}: ${target} ms, ${status}`).sort()).toEqual([
      "Harborline Insurance: 1200 ms, accepted",
      "Llama 8B, rank 16: 2000 ms, accepted",
      "Northwind Outfitters: 1500 ms, accepted",
    ]);
    await demo.end();
  }, 120_000);

  it("finds everything there at the second start and writes nothing twice", async () => {
    const before = (await api.admin.call("GET /audit", { query: { limit: 1 } })).items[0]?.id;
    const demo = startDemo();
    await demo.ready;
    await demo.end();
    const { items: entries } = await api.admin.call("GET /audit", { query: { limit: 50 } });
    const written = entries.slice(
      0,
      entries.findIndex((entry) => entry.id === before),
    );
    // A version is staged again, which changes nothing where it is; a gate that ended meanwhile is followed by its cutover.
    const goesOn = ["version.stage", "cutover.start"];
    expect(written.map(({ action }) => action).filter((action) => !goesOn.includes(action))).toEqual([]);
  }, 60_000);
});
