import { afterAll, beforeAll, expect, it } from "vitest";
import { createLease } from "#lib/platform/lease.ts";
import { keepPartitions } from "#lib/platform/partitions.ts";
import { platformScope, tenantScope } from "#lib/platform/scope.ts";
import { createTestDatabase, type TestDatabase } from "#lib/platform/testing/test-database.ts";
import { emitRow } from "../charts/metric-sink.ts";
import { createNodeChart } from "../charts/node-chart.ts";
import { metricsOfChart, NODE_CHARTS } from "../charts/node-chart-defs.ts";
import type { NodeRollup, RollupStep } from "../rollup.ts";
import { createCollector, type ScrapeResult } from "../scrape/collector.ts";
import type { NodeSamples } from "../scrape/node-samples.ts";
import { ALL_METRICS, NODE_PARTITIONS } from "./columns.ts";
import { emitMetrics } from "./metric-store.ts";
import { readNodeRollups } from "./rollup-store.ts";
import { saveTick } from "./tick-store.ts";

const NOON = new Date("2026-11-25T12:00:00.000Z");
const at = (seconds: number) => new Date(NOON.getTime() + seconds * 1000);
const resultOf = (nodeId: string, requests: number, more: Partial<NodeSamples> = {}): ScrapeResult => ({
  ...{ nodeId, epoch: 1, simulated: false, ok: true },
  samples: {
    ...{ startedAt: 1, counters: { requests, generationTokens: requests }, gauges: {} },
    histograms: { queueSeconds: { le: [1, 2], counts: [requests, requests, 0] } },
    ...more,
  },
});
let database: TestDatabase;
let term: bigint;
const NAME = "node-minute-test";

beforeAll(async () => {
  database = await createTestDatabase();
  term = (await createLease(database.db, { name: NAME, holder: "test", ttlMs: 60_000 }).acquire()) ?? 0n;
});
afterAll(() => database.close());

const partitionsAt = (now: Date) => database.db.write(platformScope, (tx) => keepPartitions(tx, NODE_PARTITIONS, now));
const query = <T>(sql: string): Promise<T[]> =>
  database.db.read(platformScope, ({ client }) => client.$queryRawUnsafe<T[]>(sql));
const rollups = (nodeId: string, stepSeconds: RollupStep, from = at(-3600), to = at(7200)) =>
  database.db.read(platformScope, (tx) => readNodeRollups(tx, { nodeIds: [nodeId], stepSeconds, from, to }));
const save = (rows: readonly NodeRollup[], fence = { name: NAME, term }) => saveTick(database.db, fence, rows, []);

async function scrape(moments: readonly number[], resultsAt: (second: number) => ScrapeResult[]) {
  const collector = createCollector({ scrapes: [], minutes: [], longer: [] });
  for (const second of moments) {
    const { rows, scrapes } = collector.add(at(second), resultsAt(second));
    await saveTick(database.db, { name: NAME, term }, rows, scrapes);
  }
}
const requestsOf = (rows: readonly NodeRollup[]) =>
  rows.map((row) => [(row.at.getTime() - NOON.getTime()) / 1000, row.data.counters.requests, row.scrapes]);

it("has the minute that lasts as far as it was seen, and of longer steps the minutes that have ended", async () => {
  await scrape([0, 30, 60, 90, 120, 290, 305, 365], (second) => [resultOf("node_a", second)]); // 120 to 290 is a gap
  expect(requestsOf(await rollups("node_a", 60))).toEqual([
    [0, 30, 2],
    [60, 60, 2],
    [120, 30, 1],
    [240, undefined, 1],
    [300, 15, 1],
    [360, 60, 1],
  ]);
  expect(requestsOf(await rollups("node_a", 300))).toEqual([
    [0, 120, 6],
    [300, 15, 1],
  ]);
  expect(requestsOf(await rollups("node_a", 3600))).toEqual([[0, 135, 7]]);
  expect(requestsOf(await rollups("node_a", 300, at(1), at(400)))).toEqual([[300, 15, 1]]);
  expect(await rollups("node_b", 60)).toEqual([]);
});

/** A row with every figure that a node may tell of. */
const fullRow = (nodeId: string, begun: Date, value: number): NodeRollup => ({
  ...{ nodeId, stepSeconds: 60, at: begun, scrapes: 6, simulated: true },
  data: {
    seconds: 60,
    counters: Object.fromEntries(ALL_METRICS.counters.map((name, index) => [name, value + index / 4])),
    gauges: Object.fromEntries(ALL_METRICS.gauges.map((name, index) => [name, { max: index, total: 6, samples: 6 }])),
    histograms: Object.fromEntries(
      ALL_METRICS.histograms.map((name, index) => [name, { le: [0.1, index + 1], counts: [value, 0, index] }]),
    ),
  },
});

it("keeps every figure under a name of its own, and what a node does not tell of as unknown", async () => {
  const bare: NodeRollup = {
    ...fullRow("node_bare", NOON, 0),
    data: { seconds: 60, counters: {}, gauges: {}, histograms: {} },
  };
  await save([fullRow("node_full", NOON, 7), bare]);
  expect(await rollups("node_full", 60)).toEqual([fullRow("node_full", NOON, 7)]);
  expect(await rollups("node_bare", 60)).toEqual([bare]);
  expect(await query("SELECT source FROM metrics.node_cache_minute WHERE node_id = 'node_bare'")).toEqual([]);
});

it("stores a row again in place of itself, and leaves a more complete one alone", async () => {
  const row = fullRow("node_again", NOON, 5);
  await save([row]);
  await save([row]);
  await save([{ ...fullRow("node_again", NOON, 1), scrapes: 2, data: { ...row.data, seconds: 10 } }]);
  expect(await rollups("node_again", 60)).toEqual([row]);
});

it("tells charts of many nodes the same as rows of single ones", async () => {
  const from = 8 * 3600;
  const nodeIds = ["node_x", "node_y", "node_silent"];
  const moments = Array.from({ length: 101 }, (_, index) => from + index * 40);
  await scrape(moments, (second) => {
    const other = resultOf("node_y", second * 2, {
      counters: { requests: second, generationTokens: second, preemptions: 1, "evictions.gpu": second / 10 },
      gauges: { running: second % 7 },
      histograms: { queueSeconds: { le: [1, 2, 4], counts: [second, 2 * second, second, 0] } },
    });
    return second % 400 === 0 ? [resultOf("node_x", second)] : [resultOf("node_x", second), other];
  });
  for (const stepSeconds of [60, 300, 3600] as const) {
    const window = { nodeIds, stepSeconds, from: at(from), to: at(from + 7200) };
    const starts = Array.from({ length: 7200 / stepSeconds }, (_, n) => at(from + n * stepSeconds));
    for (const def of [NODE_CHARTS.throughput, NODE_CHARTS.running, NODE_CHARTS["queue-time"], NODE_CHARTS.evictions]) {
      const nodes = nodeIds.map((id) => ({ id, name: id }));
      const names = metricsOfChart(def.shape);
      const [told, rows] = [0, 1].map(() =>
        createNodeChart(def, nodes, { stepSeconds, rollupStep: stepSeconds, starts }),
      );
      if (!told || !rows) return;
      await database.db.read(platformScope, async (tx) => {
        await emitMetrics(tx, window, names, told);
        for (const row of await readNodeRollups(tx, window, names)) emitRow(row, names, rows);
      });
      expect(rows.build().series[0]?.points.filter(([, value]) => value !== null).length).toBeGreaterThan(1);
      expect(told.build()).toEqual(rows.build());
    }
  }
});

it("keeps nothing of a tick whose lease is gone", async () => {
  const fence = { name: NAME, term: term + 1n };
  await expect(save([fullRow("node_late", NOON, 1)], fence)).rejects.toThrow(/took over/);
  expect(await rollups("node_late", 60)).toEqual([]);
});

it("drops days and months that are past their time, and those alone", async () => {
  const names = async () =>
    (
      await query<{ name: string }>(
        "SELECT inhrelid::regclass::text AS name FROM pg_inherits JOIN pg_class ON oid = inhrelid WHERE relkind = 'r' AND relnamespace = 'metrics'::regnamespace ORDER BY 1",
      )
    ).map(({ name }) => name);
  await partitionsAt(at(31 * 86_400));
  expect(await names()).toContain("metrics.node_minute_20261125");
  await partitionsAt(at(32 * 86_400));
  const left = await names();
  expect(left).not.toContain("metrics.node_minute_20261125");
  expect(left).not.toContain("metrics.node_cache_minute_20261125");
  expect(left).toContain("metrics.node_5_minutes_20261125");
  expect(left).toContain("metrics.node_hour_20261101");
  await partitionsAt(at(440 * 86_400));
  expect((await names()).filter((name) => name.includes("2026"))).toEqual([]);
});

it("is nothing that a customer's session can reach", async () => {
  for (const table of ["node_minute", "node_hour", "node_cache_minute", "node_look", "histogram_bounds"])
    await expect(
      database.db.read(tenantScope("ten_a"), ({ client }) => client.$queryRawUnsafe(`SELECT * FROM metrics.${table}`)),
    ).rejects.toThrow(/permission denied/);
});
