import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { runCutoverLoop } from "#lib/cutover/loop.ts";
import { runReconcileLoop } from "#lib/fleet/reconcile/loop.ts";
import { type Gateway, startGateway } from "#lib/gateway/start-gateway.ts";
import type { NodeSwaps } from "#lib/metrics/browser/swaps-schema.ts";
import { platformScope } from "#lib/platform/scope.ts";
import type { SimNode } from "#lib/sim/start-node.ts";
import { addPool, startNode } from "./testing/fleet.ts";
import { askGateway, goLive } from "./testing/go-live.ts";
import { type RunningLoop, runningLoop } from "./testing/running-loop.ts";
import { createTestApi, type TestApi } from "./testing/test-api.ts";

/**
 * Evictions and swaps that follow from requests and loads, beside those that the plugin counted inside the same node: more
 * customers than its host memory holds, one node, the real gateway.
 */
const TENANTS = Array.from({ length: 10 }, (_, index) => `tenant-${index}`);
let api: TestApi;
let node: SimNode;
let gateway: Gateway;
let loops: RunningLoop[];
let nodeId: string;
const keys: string[] = [];

beforeAll(async () => {
  api = await createTestApi();
  node = await startNode("node-a");
  const pool = await addPool(api.admin, api.deps.adapterStore);
  ({ id: nodeId } = await api.admin.call("POST /nodes", {
    body: { poolId: pool.id, name: "node-a", baseUrl: node.url },
  }));
  const { db, secrets, log } = api.deps;
  gateway = await startGateway({ db, secrets, log, port: 0, metricsPort: 0, metricsHost: "127.0.0.1" });
  loops = [
    runningLoop((signal) => runReconcileLoop(api.deps, signal, { intervalMs: 250 })),
    runningLoop((signal) => runCutoverLoop(api.deps, signal)),
  ];
  // one after the other: of a load and a request at the same moment, nobody outside the engine knows which came first
  for (const slug of TENANTS) {
    const key = await goLive(api, slug, pool.id);
    await vi.waitFor(async () => expect(await ask(key)).toBe(200), { timeout: 30_000 });
    keys.push(key);
  }
});
afterAll(async () => {
  for (const loop of loops) await loop.stop();
  await gateway.stop();
  await node.stop();
  await api.close();
});

const ask = (key?: string) => askGateway(gateway.port, key);

type Counts = { evictions: [gpu: number, cpu: number]; swaps: [hits: number, cpu: number, disk: number] };
/** What the plugin has counted since the node began. */
async function measured(): Promise<Counts> {
  const text = await (await fetch(`${node.url}/metrics`)).text();
  const read = (series: string) => Number(new RegExp(`^${series} (\\S+)$`, "m").exec(text)?.[1] ?? 0);
  const evicted = (tier: string) => read(`switchyard_lora_evictions_total\\{tier="${tier}"\\}`);
  const swapped = (source: string) => read(`switchyard_lora_swaps_total\\{source="${source}"\\}`);
  return {
    evictions: [evicted("gpu"), evicted("cpu")],
    swaps: [swapped("gpu"), swapped("cpu"), swapped("disk")],
  };
}
const countsOf = ({ evictions, swaps, hits }: NodeSwaps): Counts => ({
  evictions: [evictions.gpu.value ?? -1, evictions.cpu.value ?? -1],
  swaps: [hits.value ?? -1, swaps.cpu.value ?? -1, swaps.disk.value ?? -1],
});
const between = (before: Counts, after: Counts): Counts => ({
  evictions: [after.evictions[0] - before.evictions[0], after.evictions[1] - before.evictions[1]],
  swaps: [after.swaps[0] - before.swaps[0], after.swaps[1] - before.swaps[1], after.swaps[2] - before.swaps[2]],
});

/** Numbers that are the same in every run. */
function numbers(seed: number) {
  let state = seed;
  return (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Runs so many requests, and tells what the plugin counted and what followed from our own records. */
async function compare(requests: number, run: () => Promise<void>): Promise<{ node: Counts; told: NodeSwaps }> {
  const from = new Date();
  const before = await measured();
  await run();
  const node = between(before, await measured());
  const to = new Date();
  // traces are stored once a second, later on a busy machine
  const stored = () =>
    api.deps.db.read(platformScope, ({ client }) =>
      client.request.count({ where: { nodeId, arrivedAt: { gte: from } } }),
    );
  await vi.waitFor(async () => expect(await stored()).toBe(requests), { timeout: 20_000 });
  const query = { from: from.toISOString(), to: to.toISOString(), limit: 500 };
  return { node, told: await api.admin.call("GET /nodes/{nodeId}/swaps", { params: { nodeId }, query }) };
}

describe("derived evictions and swaps", () => {
  it("equal those that the plugin counted, one request after the other", async () => {
    const next = numbers(7);
    const { node: counted, told } = await compare(80, async () => {
      for (let count = 0; count < 80; count += 1) expect(await ask(keys[next(keys.length)])).toBe(200);
    });
    expect(countsOf(told)).toEqual(counted);
    expect(counted.evictions[0]).toBeGreaterThan(20);
    expect(told).toMatchObject({ note: null, evictions: { gpu: { source: "derived", simulated: true } } });
    const newest = told.items[0];
    expect(newest?.adapter.tenantSlug).toMatch(/^tenant-\d$/);
    expect(told.items.every(({ evicted, from }) => evicted.gpu !== null || from === "cpu")).toBe(true);
  });

  it("are exact since the node joined, for it had held nothing before", async () => {
    const { beganEmptyAt } = await api.deps.db.read(platformScope, ({ client }) =>
      client.node.findUniqueOrThrow({ where: { id: nodeId } }),
    );
    const query = { from: beganEmptyAt?.toISOString() };
    const told = await api.admin.call("GET /nodes/{nodeId}/swaps", { params: { nodeId }, query });
    expect(told).toMatchObject({ note: null, evictions: { gpu: { source: "derived" } } });
    // but for what the inspection tried it out with, which lay in a slot until somebody needed it
    const [gpu, cpu] = (await measured()).evictions;
    expect(told.evictions.gpu.value).toBeGreaterThanOrEqual(gpu - 1);
    expect(told.evictions.gpu.value).toBeLessThanOrEqual(gpu);
    expect(told.evictions.cpu.value).toBeGreaterThanOrEqual(cpu - 1);
    expect(told.evictions.cpu.value).toBeLessThanOrEqual(cpu);
  });

  it("come close to them with many at once, whose order inside a step nobody knows", async () => {
    const next = numbers(11);
    const { node: counted, told } = await compare(120, async () => {
      const one = async () => {
        for (let count = 0; count < 40; count += 1) expect(await ask(keys[next(keys.length)])).toBe(200);
      };
      await Promise.all([one(), one(), one()]);
    });
    const derived = countsOf(told);
    for (const tier of [0, 1] as const)
      expect(Math.abs(derived.evictions[tier] - counted.evictions[tier])).toBeLessThanOrEqual(
        Math.max(2, 0.1 * counted.evictions[tier]),
      );
  });

  it("are told to staff only, and of a day at most", async () => {
    const customer = await api.clientWith(
      ["tenant:read"],
      (await api.admin.call("GET /tenants", { query: {} })).items[0]?.id ?? "",
    );
    await expect(customer.call("GET /nodes/{nodeId}/swaps", { params: { nodeId }, query: {} })).rejects.toMatchObject({
      problem: { status: 403 },
    });
    const query = { from: new Date(Date.now() - 2 * 86_400_000).toISOString() };
    await expect(api.admin.call("GET /nodes/{nodeId}/swaps", { params: { nodeId }, query })).rejects.toMatchObject({
      problem: { status: 422, errors: [{ field: "from", code: "range_too_long" }] },
    });
  });
});
