import fc from "fast-check";
import { expect, it } from "vitest";
import { createCollector, type NodeLook, type ReadyTick } from "./collector.ts";
import { addRollups, EMPTY_ROLLUP, type Look, type NodeRollup, ROLLUP_STEPS, stepStart } from "./rollup.ts";
import { foldRows, type Tick, tickRows } from "./series/fold.ts";

const START = Date.UTC(2026, 0, 1);
const at = (seconds: number) => new Date(START + seconds * 1000);
const lookOf = (requests: number): NodeLook => ({
  nodeId: "node_1",
  epoch: 1,
  simulated: false,
  ok: true,
  samples: { startedAt: 1, counters: { requests }, gauges: { running: requests % 7 }, histograms: {} },
});

/** What is stored: ticks, rows of steps that have ended, and the last good look. */
function createTable() {
  const ticks: Tick[] = [];
  const rows: NodeRollup[] = [];
  let look: Look | null = null;
  const openTicks = () => {
    const last = ticks.at(-1)?.at;
    return last ? ticks.filter((tick) => tick.at >= stepStart(last, 3600)) : [];
  };
  return {
    save({ tick, closed, looks }: ReadyTick) {
      ticks.push(tick);
      rows.push(...closed);
      for (const one of looks) if (one.ok) look = { at: tick.at, epoch: one.epoch, samples: one.samples };
    },
    resume: () => createCollector({ looks: new Map(look ? [["node_1", look]] : []), ticks: openTicks() }),
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

it("hands out each step once, when it has ended, and the finer ones add up to the coarser", () => {
  const table = createTable();
  let collector = table.resume();
  for (let second = 0; second <= 7_200; second += 10) {
    table.save(collector.add(at(second), [lookOf(second)]));
    if (second % 1_230 === 0) collector = table.resume();
  }
  for (const step of ROLLUP_STEPS) {
    const starts = table.rows(step).map((row) => row.at.getTime());
    expect(starts).toEqual(Array.from({ length: 7_200 / step }, (_, n) => START + n * step * 1000));
  }
  expect(foldRows(table.rows(60), 3600)).toEqual(table.rows(3600));
});

it("adds nothing for a node that could not be read, and joins its next look", () => {
  const collector = createCollector({ looks: new Map(), ticks: [] });
  collector.add(at(0), [lookOf(5)]);
  const failed: NodeLook = { nodeId: "node_1", epoch: 1, simulated: false, ok: false, error: "no answer" };
  expect(collector.add(at(10), [failed]).tick.looks).toEqual([failed]);
  expect(collector.add(at(20), [lookOf(9)]).tick.looks).toMatchObject([
    { ok: true, increase: { seconds: 20, counters: { requests: 4 } } },
  ]);
});
