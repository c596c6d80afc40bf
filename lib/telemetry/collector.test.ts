import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createCollector, type GoodLook } from "./collector.ts";
import { addRollups, EMPTY_ROLLUP } from "./rollup.ts";
import type { NodeRollup } from "./store.ts";

const START = Date.UTC(2026, 0, 1);
const lookAt = (seconds: number, requests: number): GoodLook => ({
  nodeId: "node_1",
  simulated: false,
  look: {
    at: new Date(START + seconds * 1000),
    epoch: 1,
    samples: { startedAt: 1, counters: { requests }, gauges: {}, histograms: {} },
  },
});
const NOTHING = { looks: new Map(), rollups: [] };

/** A table that rows replace each other in, as the upsert does. */
const createTable = () => {
  const table = new Map<string, NodeRollup>();
  return {
    save: (rows: readonly NodeRollup[]) => {
      for (const row of rows) table.set(`${row.stepSeconds} ${row.at.getTime()}`, row);
    },
    requests: (stepSeconds: number) =>
      [...table.values()]
        .filter((row) => row.stepSeconds === stepSeconds)
        .map((row) => row.data)
        .reduce(addRollups, EMPTY_ROLLUP).counters.requests ?? 0,
    open: (now: number) => [...table.values()].filter((row) => row.at.getTime() + row.stepSeconds * 1000 > now),
  };
};

describe("createCollector", () => {
  it("counts every request once in each step size, however saves fail and scrapers take over", () => {
    const event = fc.record({ added: fc.nat(9), saves: fc.boolean(), isTakenOver: fc.boolean() });
    fc.assert(
      fc.property(fc.array(event, { minLength: 1, maxLength: 60 }), (events) => {
        const table = createTable();
        let collector = createCollector(NOTHING);
        let requests = 0;
        let last = lookAt(0, 0);
        collector.add(last);
        for (const [index, { added, saves, isTakenOver }] of [
          ...events,
          { added: 0, saves: true, isTakenOver: false },
        ].entries()) {
          requests += added;
          last = lookAt((index + 1) * 10, requests);
          collector.add(last);
          if (!saves) continue;
          const unsaved = collector.unsaved();
          table.save(unsaved);
          collector.confirm(unsaved, last.look.at);
          if (isTakenOver)
            collector = createCollector({
              looks: new Map([["node_1", last.look]]),
              rollups: table.open(last.look.at.getTime()),
            });
        }
        for (const stepSeconds of [60, 300, 3600]) expect(table.requests(stepSeconds)).toBe(requests);
      }),
    );
  });

  it("forgets what is stored and closed, and keeps what is not", () => {
    const collector = createCollector(NOTHING);
    collector.add(lookAt(10, 1));
    const first = collector.unsaved();
    expect(first).toHaveLength(3);
    collector.add(lookAt(20, 2));
    collector.confirm(first, new Date(START + 20_000));
    expect(collector.unsaved()).toHaveLength(3);
    const second = collector.unsaved();
    collector.confirm(second, new Date(START + 70_000));
    expect(collector.unsaved()).toEqual([]);
  });
});
