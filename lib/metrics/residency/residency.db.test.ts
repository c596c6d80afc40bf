import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { createTestApi, type TestApi } from "#lib/api/testing/test-api.ts";
import { manualClock } from "#lib/platform/clock.ts";
import { createLease } from "#lib/platform/lease.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { deriveOnce, sentTo } from "#lib/requests/testing/derived-world.ts";
import { recordRequests } from "#lib/requests/testing/record-requests.ts";
import { SCRAPE_LOOP } from "../scrape/scraper.ts";
import * as seed from "../testing/seed-catalog.ts";
import { createTestScraper } from "../testing/test-scraper.ts";

const START = new Date("2026-11-24T12:00:00.000Z");
const LORA_NAME = "acme--support--v1-0123456789ab";
const clock = manualClock(START);
let api: TestApi;
let nodeId: string;
let versionId: string;
let tenantId: string;
let term: bigint;
/** The node's /metrics, moved by the tests. */
let metrics: { status: number; lines: string[] };
const server = createServer((_request, response) => {
  response.writeHead(metrics.status, { "content-type": "text/plain", "x-switchyard-simulated": "1" });
  response.end(metrics.lines.map((line) => `${line}\n`).join(""));
});

beforeAll(async () => {
  api = await createTestApi({ clock });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { db } = api.deps;
  const poolId = await seed.seedPool(db);
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  nodeId = await seed.seedNode(db, { poolId, name: "a100-1", baseUrl, seenAt: START });
  await db.write(platformScope, ({ client }) =>
    client.node.update({ where: { id: nodeId }, data: { createdAt: new Date(START.getTime() - 3_600_000) } }),
  );
  tenantId = await seed.seedTenant(db, { slug: "acme" });
  const adapterId = await seed.seedAdapter(db, { tenantId, poolId, slug: "support" });
  versionId = await seed.seedVersion(db, { tenantId, adapterId, number: 1, loraName: LORA_NAME });
  await seed.seedRoutable(db, { tenantId, versionId, nodeId, loraName: LORA_NAME, at: START });
  term = (await createLease(db, { name: SCRAPE_LOOP, holder: "test", ttlMs: 60_000 }).acquire()) ?? 0n;
});
afterAll(async () => {
  server.close();
  server.closeAllConnections();
  await api.close();
});
beforeEach(async () => {
  await api.deps.db.write(platformScope, ({ client }) => client.residencyInterval.deleteMany());
});

const plugin = (...lines: string[]) => ({
  status: 200,
  lines: [
    'switchyard_lora_plugin_info{version="0.1.0",vllm_version="0.32.0",status="active",reason=""} 1',
    'switchyard_lora_slots{tier="gpu"} 2',
    'switchyard_lora_slots{tier="cpu"} 3',
    ...lines.map((name) => `switchyard_lora_residency{${name}} 1`),
  ],
});
const scrape = async (scraper = createTestScraper(api.deps)) => {
  clock.advance(10_000);
  await scraper.tick({ signal: new AbortController().signal, term });
};
/** Of the node; the list of all nodes' slots must say the same of it, whatever state it is in. */
const residency = async () => {
  const { items, ...read } = await api.admin.call("GET /nodes/{nodeId}/residency", { params: { nodeId } });
  expect((await api.admin.call("GET /node-slots", { query: {} })).items).toEqual([{ nodeId, ...read }]);
  return { items, ...read };
};
/** What lasts, as the node measured it. */
const rows = () =>
  api.deps.db.read(platformScope, async ({ client }) => {
    const found = await client.residencyInterval.findMany({ where: { source: "measured", endedAt: null } });
    return found.map(({ startedAt, ...row }) => ({ ...row, since: startedAt }));
  });

it("stands beside the end of the map over time, which says of how many versions both agree", async () => {
  metrics = plugin(`lora_name="${LORA_NAME}",tier="gpu"`);
  await scrape();
  await recordRequests(api.deps.db, [sentTo(nodeId, { loraName: "other--bot--v1", at: clock.now() })]);
  clock.advance(10_000);
  await deriveOnce(api.deps);
  const map = () => api.admin.call("GET /nodes/{nodeId}/residency-map", { params: { nodeId }, query: {} });
  const { rows: drawn, measured } = await map();
  expect(drawn).toMatchObject([
    { loraName: "other--bot--v1", runs: [{ tier: "unknown" }, { tier: "gpu" }], measured: "absent" },
    { loraName: LORA_NAME, runs: [{ tier: "unknown" }], measured: "gpu" },
  ]);
  // what the model does not know cannot agree
  expect(measured).toEqual({ at: new Date(clock.now().getTime() - 10_000).toISOString(), agree: 0, of: 1 });
  clock.advance(120_000);
  expect((await map()).measured).toBeNull();
});

it("says where each adapter lies, also one that was unloaded and one that is only on disk", async () => {
  metrics = plugin(`lora_name="old--bot--v1-ffffffffffff",tier="cpu"`, `lora_name="${LORA_NAME}",tier="gpu"`);
  await scrape();
  const asOf = clock.now().toISOString();
  const seen = { unit: "adapters", source: "measured", simulated: true, asOf, coverage: { seen: 1, of: 1 } };
  expect(await residency()).toEqual({
    items: [
      {
        loraName: LORA_NAME,
        tenantId,
        tenantSlug: "acme",
        adapterSlug: "support",
        versionId,
        versionNumber: 1,
        tier: "gpu",
        since: asOf,
        loaded: true,
      },
      {
        loraName: "old--bot--v1-ffffffffffff",
        tenantId: null,
        tenantSlug: null,
        adapterSlug: null,
        versionId: null,
        versionNumber: null,
        tier: "cpu",
        since: asOf,
        loaded: false,
      },
    ],
    slots: { gpu: { used: { ...seen, value: 1 }, size: 2 }, cpu: { used: { ...seen, value: 2 }, size: 3 } },
    note: null,
    asOf,
  });
  metrics = plugin();
  await scrape();
  expect(await residency()).toMatchObject({
    items: [{ loraName: LORA_NAME, tier: "absent", since: null }],
    slots: { gpu: { used: { value: 0 } } },
  });
});

it("writes only what moved, and goes on where an earlier scraper stopped", async () => {
  metrics = plugin(`lora_name="${LORA_NAME}",tier="gpu"`);
  await scrape();
  const [first] = await rows();
  const second = createTestScraper(api.deps);
  await scrape(second);
  await scrape(second);
  expect(await rows()).toEqual([first]);
  metrics = plugin(`lora_name="${LORA_NAME}",tier="cpu"`);
  await scrape(second);
  expect(await rows()).toMatchObject([{ tier: "cpu", since: clock.now() }]);
});

it("knows nothing without the plugin, after a restart, and of a node that no longer answers", async () => {
  metrics = plugin(`lora_name="${LORA_NAME}",tier="gpu"`);
  const scraper = createTestScraper(api.deps);
  await scrape(scraper);
  const setEpoch = (epoch: number) =>
    api.deps.db.write(platformScope, ({ client }) => client.node.update({ where: { id: nodeId }, data: { epoch } }));
  await setEpoch(2);
  const unknown = { items: [{ loraName: LORA_NAME, tier: "unknown", since: null, loaded: true }] };
  const empty = { slots: { gpu: { used: { value: null, coverage: { seen: 0, of: 1 } }, size: 2 } } };
  expect(await residency()).toMatchObject({ ...unknown, ...empty, note: expect.stringContaining("restarted") });
  await scrape(scraper);
  expect(await residency()).toMatchObject({ items: [{ tier: "gpu" }], note: null });
  metrics.status = 500;
  for (let count = 0; count < 10; count += 1) await scrape(scraper);
  expect(await residency()).toMatchObject({ ...unknown, note: expect.stringContaining("The last successful scrape") });
  metrics = { status: 200, lines: ["vllm:num_requests_running 0"] };
  await scrape(scraper);
  expect(await residency()).toMatchObject({
    ...unknown,
    slots: { gpu: { used: { value: null }, size: 12 }, cpu: { size: 48 } }, // the pool's, until the node says more
    note: expect.stringContaining("Install the Switchyard plugin"),
  });
  expect(await rows()).toEqual([]);
  await setEpoch(1);
});

it("keeps what was, with why it ended: pushed out, moved up, a restart, or a gap in which nobody saw the node", async () => {
  const begun = clock.now().getTime();
  const told = async () => {
    const all = await api.deps.db.read(platformScope, ({ client }) =>
      client.residencyInterval.findMany({ orderBy: [{ startedAt: "asc" }, { loraName: "asc" }] }),
    );
    const seconds = (at: Date | null) => (at === null ? "…" : (at.getTime() - begun) / 1000);
    return all.map((row) => {
      const { loraName, tier, epoch, source, startedAt, endedAt, endReason } = row;
      expect(source).toBe("measured");
      return `${loraName} ${tier} ${epoch} ${seconds(startedAt)}-${seconds(endedAt)}${endReason ? ` ${endReason}` : ""}`;
    });
  };
  const scraper = createTestScraper(api.deps);
  const sees = (...names: string[]) => {
    metrics = plugin(...names.map((name) => `lora_name="${name[0]}",tier="${name.slice(2)}"`));
    return scrape(scraper);
  };
  await sees("a gpu", "b cpu");
  await sees("b gpu", "a cpu");
  await sees("b gpu");
  const setEpoch = (epoch: number) => seed.setEpoch(api.deps.db, nodeId, epoch);
  await setEpoch(2);
  await sees("b gpu");
  const moved = [
    "a gpu 1 10-20 evicted",
    "b cpu 1 10-20 promoted",
    "a cpu 1 20-30 evicted",
    "b gpu 1 20-40 restart",
    "b gpu 2 40-",
  ];
  expect(await told()).toEqual([...moved.slice(0, 4), `${moved[4]}…`]);
  metrics.status = 500;
  for (let count = 0; count < 10; count += 1) await scrape(scraper);
  const unseen = [...moved.slice(0, 4), `${moved[4]}40 unknown`];
  expect(await told()).toEqual(unseen);
  await sees("b gpu");
  expect(await told()).toEqual([...unseen, "b gpu 2 150-…"]);
  // no worker for ten minutes; the next one knows until when the last one scraped
  clock.advance(600_000);
  const successor = createTestScraper(api.deps);
  await scrape(successor);
  await scrape(successor);
  expect(await told()).toEqual([...unseen, "b gpu 2 150-150 unknown", "b gpu 2 760-…"]);
  metrics = { status: 200, lines: ["vllm:num_requests_running 0"] };
  await scrape(successor);
  expect((await told()).at(-1)).toBe("b gpu 2 760-780 unknown");
  await setEpoch(1);
});

it("is told by vLLM itself where it lists what is loaded and there is no plugin", async () => {
  const listed = (name: string, level: string) => `vllm:lora_adapter_loaded{adapter_name="${name}",level="${level}"} 1`;
  metrics = { status: 200, lines: [listed(LORA_NAME, "cpu"), "vllm:max_gpu_lora_adapters 7"] };
  await scrape();
  expect(await residency()).toMatchObject({
    items: [{ loraName: LORA_NAME, tier: "cpu", loaded: true }],
    slots: { gpu: { used: { value: 0, source: "measured" }, size: 7 }, cpu: { used: { value: 1 } } },
    note: null,
  });
});

it("is for staff", async () => {
  const customer = await api.clientWith(["tenant:admin"], tenantId);
  await expect(customer.call("GET /node-slots", { query: {} })).rejects.toMatchObject({ problem: { status: 403 } });
  await expect(customer.call("GET /nodes/{nodeId}/residency", { params: { nodeId } })).rejects.toMatchObject({
    problem: { status: 403 },
  });
  await expect(
    api.admin.call("GET /nodes/{nodeId}/residency", { params: { nodeId: "node_none" } }),
  ).rejects.toMatchObject({ problem: { status: 404 } });
});
