import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { FINDING_LOOP } from "#lib/alerting/findings/record-finding.ts";
import { runCutoverLoop } from "#lib/cutover/loop.ts";
import { runReconcileLoop } from "#lib/fleet/reconcile/loop.ts";
import { type Gateway, startGateway } from "#lib/gateway/start-gateway.ts";
import { SCRAPE_LOOP } from "#lib/metrics/scrape/scraper.ts";
import { createTestScraper } from "#lib/metrics/testing/test-scraper.ts";
import { pitfallTurn } from "#lib/planner/loop.ts";
import type { SimNode } from "#lib/sim/start-node.ts";
import { addPool, addVersion, seededAdapter, startNode } from "./testing/fleet.ts";
import { askGateway, goLive } from "./testing/go-live.ts";
import { type RunningLoop, runningLoop } from "./testing/running-loop.ts";
import { createTestApi, type TestApi } from "./testing/test-api.ts";
import { withTerm } from "./testing/with-term.ts";

/**
 * The detectors over simulated nodes that are looked at as in production: first a pool as it should be, then the same pool
 * with too many tenants, an adapter of a lower rank, one for another base, and a node less.
 */
let api: TestApi;
let nodes: SimNode[];
let gateway: Gateway;
let loops: RunningLoop[];
let poolId: string;
let scraper: ReturnType<typeof createTestScraper>;
const keys: string[] = [];
const { signal } = new AbortController();

beforeAll(async () => {
  api = await createTestApi();
  nodes = [await startNode("node-a"), await startNode("node-b")];
  ({ id: poolId } = await addPool(api.admin, api.deps.adapterStore));
  for (const { url } of nodes)
    await api.admin.call("POST /nodes", {
      body: {
        poolId,
        name: url === nodes[0]?.url ? "node-a" : "node-b",
        baseUrl: url,
        pricePerHour: 0.82,
        gpu: "A100-80GB",
      },
    });
  await api.admin.call("PATCH /settings", { generation: 1, body: { evictionAlertThreshold: 20 } });
  const { db, secrets, log } = api.deps;
  gateway = await startGateway({ db, secrets, log, port: 0, metricsPort: 0, metricsHost: "127.0.0.1" });
  scraper = createTestScraper(api.deps);
  loops = [
    runningLoop((signal) => runReconcileLoop(api.deps, signal, { intervalMs: 250 })),
    runningLoop((signal) => runCutoverLoop(api.deps, signal)),
  ];
  for (const slug of ["tenant-0", "tenant-1", "tenant-2"]) keys.push(await goLive(api, slug, poolId));
  await everybodyAnswers();
});
afterAll(async () => {
  for (const loop of loops) await loop.stop();
  await gateway.stop();
  for (const node of nodes) await node.stop();
  await api.close();
});

const ask = (key?: string) => askGateway(gateway.port, key);
async function everybodyAnswers(): Promise<void> {
  for (const key of keys) await vi.waitFor(async () => expect(await ask(key)).toBe(200), { timeout: 30_000 });
}

const scrape = () => withTerm(api.deps.db, SCRAPE_LOOP, (term) => scraper.tick({ term, signal }));
/** The detectors 100 s later: detectors count whole minutes, and that of the traffic is over by then. */
const detect = () => {
  const now = () => new Date(api.deps.clock.now().getTime() + 100_000);
  const later = { ...api.deps, clock: { ...api.deps.clock, now } };
  return withTerm(api.deps.db, FINDING_LOOP, (term) => pitfallTurn(later, { term, signal }));
};

/** Everybody asks, round and round, while the node's counters are read before and after. */
async function traffic(rounds: number): Promise<void> {
  await scrape();
  for (let round = 0; round < rounds; round += 1) for (const key of keys) expect(await ask(key)).toBe(200);
  await scrape();
}
const findings = async () => (await api.admin.call("GET /findings", { query: { poolId } })).items;

it("sees nothing in a pool as it should be, and five pitfalls once it is not", { timeout: 180_000 }, async () => {
  await traffic(5);
  await detect();
  expect((await findings()).map(({ sentence }) => sentence)).toEqual([]);

  const lower = await seededAdapter("tenant-3", false, { rank: 8 });
  keys.push(await goLive(api, "tenant-3", poolId, lower));
  for (let more = 4; more < 10; more += 1) keys.push(await goLive(api, `tenant-${more}`, poolId));
  const [tenant] = (await api.admin.call("GET /tenants", { query: {} })).items;
  const { id: adapterId } = await api.admin.call("POST /tenants/{tenantId}/adapters", {
    params: { tenantId: tenant?.id ?? "" },
    body: { slug: "other", name: "Other", poolId },
  });
  const refused = await addVersion(
    api.admin,
    adapterId,
    await seededAdapter("x", false, { baseModel: "Qwen/Qwen2.5-7B-Instruct" }),
  );
  expect(refused.status).toBe("rejected");
  await everybodyAnswers();
  await removeSecondNode();
  await everybodyAnswers();
  await traffic(8);

  const of = async (pitfall: string) => (await findings()).find((finding) => finding.pitfall === pitfall);

  // traces are stored once a second, so that an early run sees only the first tenants
  await vi.waitFor(
    async () => {
      await detect();
      const found = await findings();
      expect(found.map(({ pitfall }) => pitfall).sort()).toEqual([
        "cpu_starvation",
        "eviction_thrash",
        "mismatch",
        "missing_fallback",
        "rank_padding",
      ]);
      expect((await of("eviction_thrash"))?.sentence).toMatch(
        /^node-a: more adapters are active at once than its 4 GPU slots can hold; raise --max-loras to \d+: predicted evictions \d+/,
      );
    },
    { timeout: 20_000, interval: 1_500 },
  );
  const thrash = await of("eviction_thrash");
  expect(thrash?.evidence[0]?.figure).toMatchObject({ source: "measured", simulated: true });
  expect(thrash?.forecast?.after).toBeLessThan((thrash?.forecast?.before ?? 0) / 5);
  expect((await of("cpu_starvation"))?.sentence).toContain("11 adapters need 14; raise --max-cpu-loras to 14");
  expect((await of("mismatch"))?.subject.id).toBe(refused.id);
  expect((await of("missing_fallback"))?.sentence).toContain("node-a is its only node");
  expect((await of("rank_padding"))?.evidence[2]?.figure).toMatchObject({ unit: "USD/month", source: "derived" });
});

async function removeSecondNode(): Promise<void> {
  const node = (await api.admin.call("GET /nodes", { query: { poolId } })).items.find(({ name }) => name === "node-b");
  const params = { nodeId: node?.id ?? "" };
  await api.admin.call("POST /nodes/{nodeId}/cordon", { params });
  await api.admin.call("DELETE /nodes/{nodeId}", { params });
}
