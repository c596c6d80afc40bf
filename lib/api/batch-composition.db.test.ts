import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { runCutoverLoop } from "#lib/cutover/loop.ts";
import { runReconcileLoop } from "#lib/fleet/reconcile/loop.ts";
import { type Gateway, startGateway } from "#lib/gateway/start-gateway.ts";
import { pitfallTurn } from "#lib/planner/loop.ts";
import { type Clock, systemClock } from "#lib/platform/clock.ts";
import { createLease } from "#lib/platform/lease.ts";
import type { SimNode } from "#lib/sim/start-node.ts";
import { FINDING_LOOP } from "#lib/telemetry/findings/record-finding.ts";
import { SCRAPE_LOOP } from "#lib/telemetry/scrape/scraper.ts";
import { createTestScraper } from "#lib/telemetry/testing/test-scraper.ts";
import { addPool, startNode } from "./testing/fleet.ts";
import { askGateway, goLive } from "./testing/go-live.ts";
import { type RunningLoop, runningLoop } from "./testing/running-loop.ts";
import { createTestApi, type TestApi } from "./testing/test-api.ts";

/**
 * What mixing adapters costs a simulated node, as fast as a real one: next to nothing while each has a slot, most of its
 * throughput once there are twice as many. Everything is real but that minutes pass between two looks at once.
 */
const SLOTS = 4;
const TENANTS = 2 * SLOTS;
const LIMITS = { maxLoras: SLOTS, maxCpuLoras: 2 * TENANTS };
/** Requests in flight, whoever asks. */
const LANES = 8;
const ROUNDS = 3;
const TOKENS = 64;
/** So many of one kind must be seen. */
const MINUTES = 3;

let skippedMs = 0;
const clock: Clock = { ...systemClock, now: () => new Date(Date.now() + skippedMs) };
let api: TestApi;
let node: SimNode;
let gateway: Gateway;
let loops: RunningLoop[];
let poolId: string;
let scraper: ReturnType<typeof createTestScraper>;
const keys: string[] = [];
const { signal } = new AbortController();

beforeAll(async () => {
  api = await createTestApi({ clock });
  node = await startNode("node-a", 0, { speed: 1, ...LIMITS });
  ({ id: poolId } = await addPool(api.admin, api.deps.adapterStore, { ...LIMITS, maxBatchWaitMs: 0 }));
  await api.admin.call("POST /nodes", { body: { poolId, name: "node-a", baseUrl: node.url } });
  const { db, secrets, log } = api.deps;
  gateway = await startGateway({ db, secrets, log, port: 0, metricsPort: 0, metricsHost: "127.0.0.1" });
  scraper = createTestScraper(api.deps);
  loops = [
    runningLoop((signal) => runReconcileLoop(api.deps, signal, { intervalMs: 100 })),
    runningLoop((signal) => runCutoverLoop(api.deps, signal)),
  ];
  for (let index = 0; index < TENANTS; index += 1) keys.push(await goLive(api, `tenant-${index}`, poolId));
  for (const key of keys)
    await vi.waitFor(async () => expect(await askGateway(gateway.port, key)).toBe(200), { timeout: 60_000 });
}, 120_000);
afterAll(async () => {
  for (const loop of loops) await loop.stop();
  await gateway.stop();
  await node.stop();
  await api.close();
});

async function withTerm(name: string, run: (term: bigint) => Promise<unknown>): Promise<void> {
  const lease = createLease(api.deps.db, { name, holder: "this test", ttlMs: 60_000 });
  const term = await lease.acquire();
  if (term === null) throw new Error(`the lease of ${name} is taken`);
  await run(term);
}
const scrape = () => withTerm(SCRAPE_LOOP, (term) => scraper.tick({ term, signal }));

/** Minutes in which so many tenants keep all lanes busy, each far from the one before. */
async function minutesWith(tenants: number): Promise<void> {
  for (let minute = 0; minute < MINUTES; minute += 1) {
    skippedMs += 5 * 60_000;
    await scrape();
    await keepBusy(keys.slice(0, tenants));
    await scrape();
  }
}

/** No lane stops before each has done its part, so that batches are as mixed at the end as at the beginning. */
async function keepBusy(asking: readonly string[]): Promise<void> {
  const done = Array.from({ length: LANES }, () => 0);
  const lane = async (index: number) => {
    while (done.some((rounds) => rounds < ROUNDS)) {
      expect(await askGateway(gateway.port, asking[index % asking.length], TOKENS)).toBe(200);
      done[index] = (done[index] ?? 0) + 1;
    }
  };
  await Promise.all(done.map((_, index) => lane(index)));
}

async function look() {
  await withTerm(FINDING_LOOP, (term) => pitfallTurn(api.deps, { term, signal }));
  const { items } = await api.admin.call("GET /findings", { query: { poolId, pitfall: "batch_composition" } });
  return items;
}

it("says nothing while mixed batches are nearly as fast, and what they cost once they are not", async () => {
  await minutesWith(1);
  await minutesWith(SLOTS);
  expect((await look()).map(({ sentence }) => sentence)).toEqual([]);

  await minutesWith(TENANTS);
  const [found, ...more] = await look();
  expect(more).toEqual([]);
  expect(found).toMatchObject({ severity: "warning", subject: { type: "node", name: "node-a" }, clearedAt: null });
  expect(found?.sentence).toMatch(
    /^node-a: with 3\.\d distinct adapters a batch of 4 slots it makes \d+ tok\/s, \d+ % under its \d+ with few/,
  );
  const [adapters, slow, fast] = found?.evidence ?? [];
  expect(adapters?.figure).toMatchObject({ source: "inferred", simulated: true });
  // those that cost next to nothing were looked at as well
  expect(adapters?.note).toContain(`Mean of ${2 * MINUTES} minutes`);
  expect(slow?.figure).toMatchObject({ source: "measured", simulated: true, unit: "tok/s" });
  expect(slow?.figure.value).toBeLessThan(0.8 * (fast?.figure.value ?? 0));
  expect(found?.fix).toMatchObject({
    command: expect.stringContaining(`-d '{"maxBatchWaitMs":50}'`),
    action: { href: `/pools/${poolId}` },
  });
}, 180_000);
