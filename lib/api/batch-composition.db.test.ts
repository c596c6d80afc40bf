import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { FINDING_LOOP } from "#lib/alerting/findings/record-finding.ts";
import { SCRAPE_LOOP } from "#lib/metrics/scrape/scraper.ts";
import * as seed from "#lib/metrics/testing/seed-catalog.ts";
import { createTestScraper } from "#lib/metrics/testing/test-scraper.ts";
import { pitfallTurn } from "#lib/planner/loop.ts";
import { manualClock } from "#lib/platform/clock.ts";
import { DEFAULT_ENGINE_VERSION, engineProfile } from "#lib/sim/engine-profile.ts";
import { createNodeMetrics, type NodeMetrics } from "#lib/sim/metrics/node-metrics.ts";
import { entry, testEngine, virtualTimer } from "#lib/sim/testing/engine-fixture.ts";
import { createTestApi, type TestApi } from "./testing/test-api.ts";
import { withTerm } from "./testing/with-term.ts";

/**
 * What mixing adapters costs a simulated node: little while each has a slot, most of its throughput once there are twice as
 * many. Its engine runs on virtual time, so that how busy this machine is does not matter; what it exports is scraped,
 * stored and judged as in production.
 */
const SLOTS = 12;
const TENANTS = 2 * SLOTS;
/** Requests in flight, whoever asks. */
const LANES = 24;
const TOKENS = 64;
const MINUTE = 60_000;
/** Minutes of one kind that must be seen. */
const NEEDED = 3;
const START = new Date("2026-11-25T12:00:00.000Z");

const clock = manualClock(START);
const timer = virtualTimer();
const { signal } = new AbortController();
let api: TestApi;
let poolId: string;
let engine: ReturnType<typeof testEngine>;
let metrics: NodeMetrics;
let scraper: ReturnType<typeof createTestScraper>;
const server = createServer((_request, response) => {
  response.writeHead(200, { "content-type": "text/plain", "x-switchyard-simulated": "1" });
  response.end(metrics.render());
});

beforeAll(async () => {
  api = await createTestApi({ clock });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  poolId = await seed.seedPool(api.deps.db);
  await api.admin.call("PATCH /pools/{poolId}", { params: { poolId }, generation: 1, body: { maxBatchWaitMs: 0 } });
  await seed.seedNode(api.deps.db, { poolId, name: "node-a", baseUrl, seenAt: START });
  metrics = nodeMetrics();
  engine = testEngine({ maxLoras: SLOTS, maxCpuLoras: TENANTS, timer, observer: metrics });
  scraper = createTestScraper(api.deps);
});
afterAll(async () => {
  await engine.stop();
  server.close();
  server.closeAllConnections();
  await api.close();
});

const nodeMetrics = (): NodeMetrics =>
  createNodeMetrics({
    ...{ modelName: "tiny-llama", engineVersion: DEFAULT_ENGINE_VERSION, enablesLora: true, plugin: true },
    ...{ maxLoras: SLOTS, maxCpuLoras: TENANTS, maxLoraRank: 16, maxModelLen: 8192, kvBlocks: 26_000 },
    ...{
      gpuMemoryUtilization: 0.9,
      disabled: null,
      device: "gpu",
      profile: engineProfile(DEFAULT_ENGINE_VERSION).metrics,
    },
    residency: () => {
      const { gpu, cpu } = engine.engine.inspect();
      return { gpu: gpu.map(String), cpu: cpu.map(String) };
    },
    nowSeconds: () => (START.getTime() + timer.nowMs()) / 1000,
    process: {
      startedAtSeconds: START.getTime() / 1000,
      skewSeconds: () => 0,
      residentBytes: () => 1,
      cpuSeconds: () => 1,
    },
  });

/** Minutes in which so many tenants use all places of a batch, with a scrape at the end of each. */
async function minutesWith(tenants: number, minutes: number): Promise<void> {
  for (let minute = 0; minute < minutes; minute += 1) {
    const [begun, end] = [timer.nowMs(), timer.nowMs() + MINUTE];
    const lane = async (index: number) => {
      while (timer.nowMs() < end) await engine.ask(entry(1 + (index % tenants)), TOKENS);
    };
    await Promise.all(Array.from({ length: LANES }, (_, index) => lane(index)));
    clock.advance(timer.nowMs() - begun);
    await scrape();
  }
}
const scrape = () => withTerm(api.deps.db, SCRAPE_LOOP, (term) => scraper.tick({ term, signal }));

async function readFindings() {
  await withTerm(api.deps.db, FINDING_LOOP, (term) => pitfallTurn(api.deps, { term, signal }));
  const { items } = await api.admin.call("GET /findings", { query: { poolId, pitfall: "batch_composition" } });
  return items;
}

it("says nothing while mixed batches are nearly as fast, and what they cost once they are not", async () => {
  await scrape();
  await minutesWith(1, NEEDED);
  await minutesWith(SLOTS, NEEDED);
  expect((await readFindings()).map(({ sentence }) => sentence)).toEqual([]);

  await minutesWith(TENANTS, NEEDED);
  const [found, ...more] = await readFindings();
  expect(more).toEqual([]);
  expect(found).toMatchObject({ severity: "warning", subject: { type: "node", name: "node-a" }, clearedAt: null });
  expect(found?.sentence).toMatch(
    /^node-a: with 1\d distinct adapters a batch of 12 slots it makes \d+ tok\/s, \d+ % under its \d+ with few/,
  );
  const [adapters, slow, fast] = found?.evidence ?? [];
  expect(adapters?.figure).toMatchObject({ source: "inferred", simulated: true });
  // those that cost next to nothing were looked at as well
  expect(adapters?.note).toContain(`Mean of ${2 * NEEDED} minutes`);
  expect(slow?.figure).toMatchObject({ source: "measured", simulated: true, unit: "tok/s" });
  expect(slow?.figure.value).toBeLessThan(0.8 * (fast?.figure.value ?? 0));
  expect(found?.fix).toMatchObject({
    command: expect.stringContaining(`-d '{"maxBatchWaitMs":50}'`),
    action: { href: `/pools/${poolId}` },
  });
}, 180_000);
