import { afterAll, beforeAll, expect, it } from "vitest";
import { createLease } from "#lib/platform/lease.ts";
import { platformScope, tenantScope } from "#lib/platform/scope.ts";
import { createTestDatabase, type TestDatabase } from "#lib/platform/testing/test-database.ts";
import { createNodeChart } from "../charts/node-chart.ts";
import { figuresOfChart, NODE_CHARTS } from "../charts/node-chart-defs.ts";
import { createCollector, type NodeLook } from "../scrape/collector.ts";
import { readFigures, tellFigures } from "./figure-store.ts";
import { tellRow } from "./read-columns.ts";
import { keepPartitions, packReady, readNodeRollups, saveTick } from "./series-store.ts";

const NOON = new Date("2026-11-25T12:00:00.000Z");
const at = (seconds: number) => new Date(NOON.getTime() + seconds * 1000);
const KEPT = { 60: 2 * 86_400, 300: 31 * 86_400, 3600: 400 * 86_400 };
const lookOf = (nodeId: string, requests: number): NodeLook => ({
  ...{ nodeId, epoch: 1, simulated: false, ok: true },
  samples: {
    ...{ startedAt: 1, counters: { requests, generationTokens: requests }, gauges: {} },
    histograms: { e2eSeconds: { le: [1, 2], counts: [requests, requests, 0] } },
  },
});
let database: TestDatabase;
let term: bigint;
const NAME = "series-test";

beforeAll(async () => {
  database = await createTestDatabase();
  term = (await createLease(database.db, { name: NAME, holder: "test", ttlMs: 60_000 }).acquire()) ?? 0n;
  await partitionsAt(NOON);
});
afterAll(() => database.close());

const partitionsAt = (now: Date) => database.db.write(platformScope, (tx) => keepPartitions(tx, now, KEPT));
const query = <T>(sql: string): Promise<T[]> =>
  database.db.read(platformScope, ({ client }) => client.$queryRawUnsafe<T[]>(sql));
const rollups = (nodeId: string, stepSeconds: 60 | 300 | 3600, from = at(-3600), to = at(7200)) =>
  database.db.read(platformScope, (tx) => readNodeRollups(tx, { nodeIds: [nodeId], stepSeconds, from, to }));

async function scrape(nodeId: string, moments: readonly number[]) {
  const collector = createCollector({ kept: [], ticks: [] });
  for (const second of moments) {
    const ready = collector.add(at(second), [lookOf(nodeId, second)]);
    await saveTick(database.db, { name: NAME, term }, packReady(ready), ready.due);
  }
}
const requestsOf = (rows: Awaited<ReturnType<typeof rollups>>) =>
  rows.map((row) => [(row.at.getTime() - NOON.getTime()) / 1000, row.data.counters.requests, row.scrapes]);

it("answers for steps that have ended and for those that have not, with every step size", async () => {
  await scrape("node_a", [0, 30, 60, 90, 120, 290, 305]); // 120 to 290 is a gap
  expect(requestsOf(await rollups("node_a", 60))).toEqual([
    [0, 30, 2],
    [60, 60, 2],
    [120, 30, 1],
    [240, undefined, 1],
    [300, 15, 1],
  ]);
  expect(requestsOf(await rollups("node_a", 300))).toEqual([
    [0, 120, 6],
    [300, 15, 1],
  ]);
  expect(requestsOf(await rollups("node_a", 3600))).toEqual([[0, 135, 7]]);
  // what begins before the range is not in it, also while it is open
  expect(requestsOf(await rollups("node_a", 300, at(1), at(400)))).toEqual([[300, 15, 1]]);
  expect(await rollups("node_b", 60)).toEqual([]);
  await query("DELETE FROM series.tick");
});

it("tells charts of many nodes the same, with the figures asked for and no other", async () => {
  const from = 8 * 3600; // a time of its own: columns hold all nodes of a scraper
  const nodeIds = ["node_x", "node_y"];
  const collector = createCollector({ kept: [], ticks: [] });
  for (let second = from; second <= from + 4000; second += 40) {
    const looks = nodeIds.map((nodeId, index): NodeLook => {
      const look = lookOf(nodeId, second * (index + 1));
      if (!look.ok || index === 0) return look;
      return {
        ...look,
        samples: {
          ...look.samples,
          counters: { requests: second, generationTokens: second, preemptions: 1 },
          gauges: { running: second % 7 },
          histograms: { e2eSeconds: { le: [1, 2], counts: [second, 2 * second, second] } },
        },
      };
    });
    const ready = collector.add(at(second), second % 400 === 0 ? looks.slice(0, 1) : looks);
    await saveTick(database.db, { name: NAME, term }, packReady(ready), ready.due);
  }
  const compared = async (asked = nodeIds) => {
    for (const stepSeconds of [60, 300, 3600] as const) {
      const window = { nodeIds: asked, stepSeconds, from: at(from), to: at(from + 7200) };
      const grid = {
        stepSeconds,
        rollupStep: stepSeconds,
        starts: Array.from({ length: 7200 / stepSeconds }, (_, n) => at(from + n * stepSeconds)),
      };
      const nodes = asked.map((id) => ({ id, name: id }));
      for (const def of [NODE_CHARTS.throughput, NODE_CHARTS.running, NODE_CHARTS.latency]) {
        const charts = [true, false, null].map(() => createNodeChart(def, nodes, grid));
        const [summed, single, rows] = charts;
        if (!summed || !single || !rows) return;
        await database.db.read(platformScope, async (tx) => {
          for (const [sink, wantsSums] of [
            [summed, true],
            [single, false],
          ] as const) {
            const figures = { ...window, names: figuresOfChart(def.shape), wantsSums };
            await tellFigures(tx, await readFigures(tx, figures, {}), figures, asked, sink);
          }
          for (const row of await readNodeRollups(tx, window)) tellRow(row, figuresOfChart(def.shape), rows);
        });
        expect(rows.build().series[0]?.points.filter(([, value]) => value !== null).length).toBeGreaterThan(1);
        expect(summed.build()).toEqual(rows.build());
        expect(single.build()).toEqual(rows.build());
      }
    }
  };
  await compared();
  await compared(["node_y"]); // sums of both are of no use then
  await query(`DELETE FROM series.column_60 WHERE at < '${at(from + 1800).toISOString()}'`); // from before they were written
  await query("DELETE FROM series.column_3600");
  await compared();
  expect(await query("SELECT nodes FROM series.roster WHERE 'node_x' = ANY(nodes)")).toEqual([{ nodes: nodeIds }]);
  await query("DELETE FROM series.tick");
});

it("joins what was kept before there were packed rows, also in the step of the change", async () => {
  const data = { seconds: 50, counters: { requests: 7 }, gauges: {}, histograms: {} };
  const row = { nodeId: "node_old", stepSeconds: 3600, scrapes: 5, simulated: true, data };
  await database.db.write(platformScope, ({ client }) =>
    client.rollup.createMany({
      data: [
        { ...row, at: at(-3600) },
        { ...row, at: NOON },
      ],
    }),
  );
  await scrape("node_old", [600, 610]);
  const rows = await rollups("node_old", 3600);
  expect(requestsOf(rows)).toEqual([
    [-3600, 7, 5],
    [0, 17, 7],
  ]);
  expect(rows[1]).toMatchObject({ simulated: true, data: { seconds: 60 } });
  await query("DELETE FROM series.tick");
});

it("names the row that was damaged, and makes no figures of it", async () => {
  await scrape("node_c", [1200, 1210]);
  await query(
    `UPDATE series.tick SET data = set_byte(data, 20, get_byte(data, 20) # 4) WHERE at = '${at(1210).toISOString()}'`,
  );
  await expect(rollups("node_c", 60)).rejects.toThrow("tick 2026-11-25T12:20:10.000Z cannot be read");
  await query("DELETE FROM series.tick");
});

it("keeps nothing of a tick whose lease is gone", async () => {
  const ready = createCollector({ kept: [], ticks: [] }).add(at(1800), [lookOf("node_d", 1)]);
  const fence = { name: NAME, term: term + 1n };
  await expect(saveTick(database.db, fence, packReady(ready), ready.due)).rejects.toThrow(/took over/);
  expect(await query("SELECT 1 FROM series.last_look WHERE node_id = 'node_d'")).toEqual([]);
});

it("drops days and months that are past their time, and those alone", async () => {
  await scrape("node_e", [0, 60, 120]);
  const names = async () =>
    (
      await query<{ name: string }>(
        "SELECT inhrelid::regclass::text AS name FROM pg_inherits JOIN pg_class ON oid = inhrelid WHERE relkind = 'r' ORDER BY 1",
      )
    ).map(({ name }) => name);
  await partitionsAt(at(2 * 86_400));
  expect(await names()).toContain("series.tick_20261125");
  await partitionsAt(at(3 * 86_400));
  const left = await names();
  expect(left).not.toContain("series.tick_20261125");
  expect(left).not.toContain("series.rollup_60_20261125");
  expect(left).toContain("series.rollup_300_20261125");
  expect(left).toContain("series.rollup_3600_20261101");
  expect(left).toContain("series.tick_20261130");
  await partitionsAt(at(440 * 86_400));
  expect((await names()).filter((name) => name.includes("2026"))).toEqual([]);
});

it("is nothing that a customer's session can reach", async () => {
  for (const table of [
    "tick",
    "rollup_60",
    "rollup_300",
    "rollup_3600",
    "column_60",
    "roster",
    "last_look",
    "node_look",
  ])
    await expect(
      database.db.read(tenantScope("ten_a"), ({ client }) => client.$queryRawUnsafe(`SELECT * FROM series.${table}`)),
    ).rejects.toThrow(/permission denied/);
});
