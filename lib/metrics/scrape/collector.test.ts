import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addRollups, EMPTY_ROLLUP, type NodeRollup, ROLLUP_STEPS, type RollupStep, stepStart } from "../rollup.ts";
import { createCollector, type LastScrape, LONGER_STEPS, type ReadyTick, type ScrapeResult } from "./collector.ts";
import type { NodeSamples } from "./node-samples.ts";
import { createOpenRows, inStep } from "./open-rows.ts";

const START = Date.UTC(2026, 0, 1);
const at = (seconds: number) => new Date(START + seconds * 1000);
const resultOf = (requests: number): ScrapeResult => ({
  nodeId: "node_1",
  epoch: 1,
  simulated: false,
  ok: true,
  samples: { startedAt: 1, counters: { requests }, gauges: { running: requests % 7 }, histograms: {} },
});

const keyOf = ({ nodeId, stepSeconds, at: begun }: NodeRollup) => `${nodeId} ${stepSeconds} ${begun.getTime()}`;

/** What is stored: rows by node and step, and the last scrape of each node. */
function createTable() {
  const rows = new Map<string, NodeRollup>();
  const scrapes = new Map<string, LastScrape>();
  const rowsOf = (step: RollupStep) => [...rows.values()].filter((row) => row.stepSeconds === step);
  return {
    save(ready: Pick<ReadyTick, "rows" | "scrapes">) {
      for (const row of ready.rows) rows.set(keyOf(row), row);
      for (const result of ready.scrapes) scrapes.set(result.nodeId, result);
    },
    resume() {
      const last = Math.max(0, ...[...scrapes.values()].map(({ triedAt }) => triedAt.getTime()));
      const begun = (step: RollupStep) =>
        rowsOf(step).filter((row) => row.at.getTime() === stepStart(new Date(last), step).getTime());
      return createCollector({
        scrapes: [...scrapes.values()],
        minutes: begun(60),
        longer: LONGER_STEPS.flatMap(begun),
      });
    },
    rows: (step: RollupStep) => rowsOf(step).sort((one, other) => one.at.getTime() - other.at.getTime()),
    requests: (step: RollupStep) =>
      rowsOf(step)
        .map((row) => row.data)
        .reduce(addRollups, EMPTY_ROLLUP).counters.requests,
  };
}

it("counts every request once in each step size, however saves fail and scrapers take over", () => {
  const event = fc.record({ added: fc.nat(9), saves: fc.boolean(), isTakenOver: fc.boolean(), pause: fc.nat(80) });
  fc.assert(
    fc.property(fc.array(event, { minLength: 1, maxLength: 200 }), (events) => {
      const table = createTable();
      let collector = table.resume();
      let waiting: ReadyTick[] = [collector.add(at(0), [resultOf(0)])];
      let requests = 0;
      let seconds = 0;
      const save = () => {
        for (const ready of waiting) table.save(ready);
        waiting = [];
      };
      for (const { added, saves, isTakenOver, pause } of events) {
        requests += added;
        seconds += 10 + pause;
        waiting.push(collector.add(at(seconds), [resultOf(requests)]));
        if (!saves) continue;
        save();
        if (isTakenOver) collector = table.resume();
      }
      // an hour later every step has ended
      waiting.push(collector.add(at(seconds + 3600), [resultOf(requests)]));
      save();
      for (const step of ROLLUP_STEPS) expect(table.requests(step)).toBe(requests);
    }),
  );
});

it("never counts what did not happen in its seconds, when minutes were given up or it ends before it stores them", () => {
  const event = fc.record({
    added: fc.nat(9),
    falls: fc.boolean(),
    pause: fc.nat(30),
    /** It ends: so many of the minutes that wait are given up, and the rest is stored or is not. */
    ends: fc.option(fc.record({ lost: fc.nat(2), isStored: fc.boolean() }), { freq: 2 }),
  });
  fc.assert(
    fc.property(fc.array(event, { minLength: 1, maxLength: 100 }), (events) => {
      const table = createTable();
      let collector = table.resume();
      let waiting = new Map<string, NodeRollup>();
      const happened: { at: Date; added: number }[] = [];
      let [counter, seconds, total] = [0, 0, 0];
      for (const { added, falls, pause, ends } of events) {
        counter = (falls ? 0 : counter) + added;
        total += added;
        seconds += 10 + pause;
        happened.push({ at: at(seconds), added });
        const ready = collector.add(at(seconds), [resultOf(counter)]);
        const [from = 0, to = 0, counted = 0] = ready.scrapes[0]?.recentRequests.at(-1) ?? [];
        const most = happened.reduce(
          (sum, one) => sum + (one.at.getTime() > from && one.at.getTime() <= to ? one.added : 0),
          0,
        );
        expect(counted).toBeLessThanOrEqual(most);
        for (const row of ready.rows) waiting.set(keyOf(row), row);
        if (ends === null) continue;
        const minutes = [...new Set([...waiting.values()].map((row) => stepStart(row.at, 60).getTime()))].sort();
        const lost = new Set(minutes.slice(0, ends.lost));
        const left = [...waiting.values()].filter((row) => row.stepSeconds !== 60 || !lost.has(row.at.getTime()));
        if (ends.isStored) table.save({ rows: left, scrapes: ready.scrapes });
        waiting = new Map();
        collector = table.resume();
      }
      for (const step of ROLLUP_STEPS) expect(table.requests(step) ?? 0).toBeLessThanOrEqual(total);
    }),
    { numRuns: 2000 },
  );
});

describe("a scraper that takes over", () => {
  const BOUNDS = [
    [1, 2],
    [1, 2, 4],
  ];
  const event = fc.record({
    kind: fc.constantFrom(
      "goes on",
      "goes on",
      "goes on",
      "fails",
      "restarts",
      "falls",
      "has other bounds",
      "loses a family",
    ),
    added: fc.oneof(fc.nat(9), fc.constantFrom(0.1, 0.25, 3.7)),
    pause: fc.nat(95),
    reporter: fc.option(fc.constantFrom("1", "2"), { nil: undefined, freq: 9 }),
  });
  type Event = typeof event extends fc.Arbitrary<infer One> ? One : never;

  function createNode() {
    const node = { epoch: 1, startedAt: 5, requests: 0, bounds: 0, hasTokens: true };
    return ({ kind, added, reporter }: Event): ScrapeResult => {
      if (kind === "restarts")
        Object.assign(node, { epoch: node.epoch + 1, startedAt: node.startedAt + 60, requests: 0 });
      if (kind === "falls") node.requests = 0;
      if (kind === "has other bounds") node.bounds = 1 - node.bounds;
      if (kind === "loses a family") node.hasTokens = !node.hasTokens;
      node.requests += added;
      const about = { nodeId: "node_1", epoch: node.epoch, simulated: true };
      if (kind === "fails") return { ...about, ok: false, error: "no answer" };
      const le = BOUNDS[node.bounds] ?? [];
      const samples: NodeSamples = {
        startedAt: node.startedAt,
        counters: { requests: node.requests, ...(node.hasTokens ? { promptTokens: node.requests * 3 } : {}) },
        gauges: { running: added },
        histograms: { e2eSeconds: { le, counts: [...le, 0].map((_, bucket) => node.requests * bucket) } },
        ...(reporter === undefined
          ? {}
          : { reporter: { version: reporter, vllmVersion: "0.32.0", status: "active" as const, reason: "" } }),
      };
      return { ...about, ok: true, samples };
    };
  }

  it("goes on as the one before it would have, whatever the node did", () => {
    fc.assert(
      fc.property(fc.array(event, { minLength: 1, maxLength: 60 }), (events) => {
        const table = createTable();
        const nextResult = createNode();
        const steady = table.resume();
        let seconds = 0;
        for (const one of events) {
          seconds += 1 + one.pause;
          const result = nextResult(one);
          const ready = steady.add(at(seconds), [result]);
          const resumed = table.resume().add(at(seconds), [result]);
          const byKey = ({ rows }: ReadyTick) => new Map(rows.map((row) => [keyOf(row), row]));
          expect(resumed.scrapes).toEqual(ready.scrapes);
          expect(byKey(resumed)).toEqual(byKey(ready));
          table.save(ready);
        }
      }),
      { numRuns: 300 },
    );
  });
});

it("keeps each step in one row, and the finer ones add up to the coarser", () => {
  const table = createTable();
  let collector = table.resume();
  for (let second = 0; second <= 7_200; second += 10) {
    table.save(collector.add(at(second), [resultOf(second)]));
    if (second % 1_230 === 0) collector = table.resume();
  }
  const ended = (step: RollupStep) => table.rows(step).filter((row) => row.at < at(7_200));
  for (const step of ROLLUP_STEPS) {
    const starts = ended(step).map((row) => row.at.getTime());
    expect(starts).toEqual(Array.from({ length: 7_200 / step }, (_, n) => START + n * step * 1000));
  }
  const folded = createOpenRows();
  for (const row of ended(60)) folded.add(inStep(row, 3600));
  expect(folded.rows()).toEqual(ended(3600));
});

it("adds nothing for a node that could not be read, and joins its next scrape", () => {
  const collector = createCollector({ scrapes: [], minutes: [], longer: [] });
  collector.add(at(0), [resultOf(5)]);
  const failed: ScrapeResult = { nodeId: "node_1", epoch: 1, simulated: false, ok: false, error: "no answer" };
  const gap = collector.add(at(10), [failed]);
  expect(gap.rows).toMatchObject([{ scrapes: 1, data: { seconds: 0, counters: {} } }]);
  expect(gap.scrapes).toMatchObject([{ error: "no answer", good: { at: at(0) } }]);
  expect(collector.add(at(20), [resultOf(9)]).rows).toMatchObject([
    { scrapes: 2, data: { seconds: 20, counters: { requests: 4 } } },
  ]);
});
