import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addRollups, EMPTY_ROLLUP, type NodeRollup, ROLLUP_STEPS, stepStart } from "../rollup.ts";
import { foldRows, type Tick, tickRows } from "../series/fold.ts";
import { createCollector, type NodeLook, type ReadyTick } from "./collector.ts";
import { KEPT_EVERY_SECONDS, type KeptLook } from "./kept-looks.ts";
import type { NodeSamples } from "./node-samples.ts";

const START = Date.UTC(2026, 0, 1);
const at = (seconds: number) => new Date(START + seconds * 1000);
const lookOf = (requests: number): NodeLook => ({
  nodeId: "node_1",
  epoch: 1,
  simulated: false,
  ok: true,
  samples: { startedAt: 1, counters: { requests }, gauges: { running: requests % 7 }, histograms: {} },
});

/** What is stored: ticks, rows of steps that have ended, and what was written of nodes. */
function createTable() {
  const ticks: Tick[] = [];
  const rows: NodeRollup[] = [];
  const kept = new Map<string, KeptLook>();
  const openTicks = () => {
    const last = ticks.at(-1)?.at;
    const from = last && Math.min(stepStart(last, 3600).getTime(), last.getTime() - 2 * KEPT_EVERY_SECONDS * 1000);
    return from === undefined ? [] : ticks.filter((tick) => tick.at.getTime() >= from);
  };
  return {
    save({ tick, closed }: ReadyTick) {
      ticks.push(tick);
      rows.push(...closed);
    },
    keep(looks: readonly KeptLook[]) {
      for (const look of looks)
        kept.set(look.nodeId, { ...look, good: look.good ?? kept.get(look.nodeId)?.good ?? null });
    },
    resume: () => createCollector({ kept: [...kept.values()], ticks: openTicks() }),
    rows: (step: number) => rows.filter((row) => row.stepSeconds === step),
    requests(step: 60 | 300 | 3600) {
      const last = ticks.at(-1)?.at ?? at(0);
      const open = openTicks().filter((tick) => tick.at >= stepStart(last, step));
      return [...rows.filter((row) => row.stepSeconds === step), ...open.flatMap((tick) => tickRows(tick, step))]
        .map((row) => row.data)
        .reduce(addRollups, EMPTY_ROLLUP).counters.requests;
    },
  };
}

it("counts every request once in each step size, however saves fail and scrapers take over", () => {
  const event = fc.record({ added: fc.nat(9), saves: fc.boolean(), isTakenOver: fc.boolean(), pause: fc.nat(80) });
  fc.assert(
    fc.property(fc.array(event, { minLength: 1, maxLength: 200 }), (events) => {
      const table = createTable();
      let collector = table.resume();
      let waiting: ReadyTick[] = [collector.add(at(0), [lookOf(0)])];
      let requests = 0;
      let seconds = 0;
      const save = () => {
        for (const ready of waiting) table.save(ready);
        for (const ready of waiting) table.keep(ready.due);
        waiting = [];
      };
      for (const { added, saves, isTakenOver, pause } of events) {
        requests += added;
        seconds += 10 + pause;
        waiting.push(collector.add(at(seconds), [lookOf(requests)]));
        if (!saves) continue;
        save();
        if (isTakenOver) collector = table.resume();
      }
      save();
      for (const step of ROLLUP_STEPS) expect(table.requests(step)).toBe(requests);
    }),
  );
});

it("never counts what did not happen in its seconds, when looks were given up or it ends while it stores them", () => {
  const event = fc.record({
    added: fc.nat(9),
    falls: fc.boolean(),
    pause: fc.nat(30),
    /** Of the looks that wait: so many of the oldest are given up, and of the others so many stored before it ends. */
    ends: fc.option(fc.record({ lost: fc.nat(3), stored: fc.nat(4) }), { freq: 2 }),
  });
  fc.assert(
    fc.property(fc.array(event, { minLength: 1, maxLength: 100 }), (events) => {
      const table = createTable();
      let collector = table.resume();
      let waiting: ReadyTick[] = [];
      const happened: { at: Date; added: number }[] = [];
      let counter = 0;
      let seconds = 0;
      for (const { added, falls, pause, ends } of events) {
        counter = (falls ? 0 : counter) + added;
        seconds += 10 + pause;
        happened.push({ at: at(seconds), added });
        const ready = collector.add(at(seconds), [lookOf(counter)]);
        for (const look of ready.tick.looks) {
          const increase = look.ok ? look.increase : EMPTY_ROLLUP;
          const since = at(seconds - increase.seconds);
          const most = happened.reduce((sum, one) => sum + (one.at > since ? one.added : 0), 0);
          expect(increase.counters.requests ?? 0).toBeLessThanOrEqual(most);
        }
        waiting.push(ready);
        if (ends === null) continue;
        const left = waiting.slice(ends.lost);
        for (const one of left.slice(0, ends.stored)) table.save(one);
        // the last one that waits brings what is written of nodes
        if (left.length > 0 && ends.stored >= left.length) for (const one of waiting) table.keep(one.due);
        waiting = [];
        collector = table.resume();
      }
    }),
    { numRuns: 4000 },
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
    teller: fc.option(fc.constantFrom("1", "2"), { nil: undefined, freq: 9 }),
  });
  type Event = typeof event extends fc.Arbitrary<infer One> ? One : never;

  function createNode() {
    const node = { epoch: 1, startedAt: 5, requests: 0, bounds: 0, hasTokens: true };
    return ({ kind, added, teller }: Event): NodeLook => {
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
        ...(teller === undefined
          ? {}
          : { teller: { version: teller, vllmVersion: "0.32.0", status: "active" as const, reason: "" } }),
      };
      return { ...about, ok: true, samples };
    };
  }

  it("goes on as the one before it would have, whatever the node did", () => {
    fc.assert(
      fc.property(fc.array(event, { minLength: 1, maxLength: 60 }), (events) => {
        const table = createTable();
        const nextLook = createNode();
        const steady = table.resume();
        let seconds = 0;
        for (const one of events) {
          seconds += 1 + one.pause;
          const look = nextLook(one);
          const ready = steady.add(at(seconds), [look]);
          expect(table.resume().add(at(seconds), [look])).toEqual(ready);
          table.save(ready);
          table.keep(ready.due);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("finds a node that goes on as before written down once a minute, and not more often", () => {
    const collector = createTable().resume();
    const due = Array.from({ length: 31 }, (_, turn) => collector.add(at(turn * 10), [lookOf(turn)]).due.length);
    expect(due.flatMap((count, turn) => (count > 0 ? [turn * 10] : []))).toEqual([0, 60, 120, 180, 240, 300]);
  });
});

it("hands out each step once, when it has ended, and the finer ones add up to the coarser", () => {
  const table = createTable();
  let collector = table.resume();
  for (let second = 0; second <= 7_200; second += 10) {
    const ready = collector.add(at(second), [lookOf(second)]);
    table.save(ready);
    table.keep(ready.due);
    if (second % 1_230 === 0) collector = table.resume();
  }
  for (const step of ROLLUP_STEPS) {
    const starts = table.rows(step).map((row) => row.at.getTime());
    expect(starts).toEqual(Array.from({ length: 7_200 / step }, (_, n) => START + n * step * 1000));
  }
  expect(foldRows(table.rows(60), 3600)).toEqual(table.rows(3600));
});

it("adds nothing for a node that could not be read, and joins its next look", () => {
  const collector = createCollector({ kept: [], ticks: [] });
  collector.add(at(0), [lookOf(5)]);
  const failed: NodeLook = { nodeId: "node_1", epoch: 1, simulated: false, ok: false, error: "no answer" };
  expect(collector.add(at(10), [failed]).tick.looks).toEqual([failed]);
  expect(collector.add(at(20), [lookOf(9)]).tick.looks).toMatchObject([
    { ok: true, increase: { seconds: 20, counters: { requests: 4 } } },
  ]);
});
