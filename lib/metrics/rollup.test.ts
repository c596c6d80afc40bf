import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addRollups, EMPTY_ROLLUP, increaseSince, MAX_GAP_SECONDS, type Scrape, stepStart } from "./rollup.ts";
import type { NodeSamples } from "./scrape/node-samples.ts";

const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1) + seconds * 1000);
const samples = (change: Partial<NodeSamples>): NodeSamples => ({
  startedAt: 100,
  counters: {},
  gauges: {},
  histograms: {},
  ...change,
});
const scrape = (seconds: number, change: Partial<NodeSamples>, epoch = 1): Scrape => ({
  at: at(seconds),
  epoch,
  samples: samples(change),
});

describe("increaseSince", () => {
  it("knows only gauges from a first scrape", () => {
    expect(increaseSince(null, scrape(0, { counters: { requests: 50 }, gauges: { running: 3 } }))).toEqual({
      ...EMPTY_ROLLUP,
      gauges: { running: { max: 3, total: 3, samples: 1 } },
    });
  });

  it("takes the difference, over the seconds between", () => {
    const increase = increaseSince(
      scrape(0, { counters: { requests: 50 } }),
      scrape(10, { counters: { requests: 62 } }),
    );
    expect(increase).toMatchObject({ seconds: 10, counters: { requests: 12 } });
  });

  it.each([
    ["the counter fell", scrape(10, { counters: { requests: 7 } })],
    ["the process says that it started later", scrape(10, { counters: { requests: 7 }, startedAt: 105 })],
  ])("counts from zero when %s", (_name, current) => {
    expect(increaseSince(scrape(0, { counters: { requests: 50 } }), current).counters).toEqual({ requests: 7 });
  });

  it.each([
    ["the process says that it started later", scrape(10, { counters: { requests: 7 }, startedAt: 105 })],
    [
      "the fleet saw a restart of a node that does not say",
      scrape(10, { counters: { requests: 7 }, startedAt: null }, 2),
    ],
  ])("counts from zero, even when the counter is already higher than before, when %s", (_name, current) => {
    expect(increaseSince(scrape(0, { counters: { requests: 5 } }), current).counters).toEqual({ requests: 7 });
  });

  it("leaves a gap a gap", () => {
    const increase = increaseSince(
      scrape(0, { counters: { requests: 5 } }),
      scrape(MAX_GAP_SECONDS + 1, { counters: { requests: 7 } }),
    );
    expect(increase).toMatchObject({ seconds: 0, counters: {}, histograms: {} });
  });

  it("ignores a scrape that is not later than the one before", () => {
    expect(
      increaseSince(scrape(10, { counters: { requests: 5 } }), scrape(10, { counters: { requests: 7 } })).seconds,
    ).toBe(0);
  });

  it("adds up to the whole increase, however often somebody scraped and the process restarted", () => {
    // the fleet may notice a restart when we do, or later
    const turn = fc.record({ added: fc.nat(50), isRestart: fc.boolean(), isNoticed: fc.boolean() });
    fc.assert(
      fc.property(fc.array(turn, { minLength: 1, maxLength: 30 }), (turns) => {
        let total = EMPTY_ROLLUP;
        let previous = scrape(0, { counters: { requests: 0 } }, 0);
        let restarts = 0;
        for (const [index, { added, isRestart, isNoticed }] of turns.entries()) {
          restarts += isRestart ? 1 : 0;
          const value = (isRestart ? 0 : (previous.samples.counters.requests ?? 0)) + added;
          const current = scrape(
            (index + 1) * 10,
            { counters: { requests: value }, startedAt: 100 + restarts * 7 },
            isNoticed ? restarts : previous.epoch,
          );
          total = addRollups(total, increaseSince(previous, current));
          previous = current;
        }
        expect(total.counters.requests).toBe(turns.reduce((sum, { added }) => sum + added, 0));
        expect(total.seconds).toBe(turns.length * 10);
      }),
    );
  });
});

describe("addRollups", () => {
  it("keeps what only one side knows, the highest gauge, and sums the rest", () => {
    const earlier = {
      seconds: 10,
      counters: { requests: 2, "swaps.disk": 1 },
      gauges: { running: { max: 9, total: 12, samples: 2 } },
      histograms: { e2eSeconds: { le: [1], counts: [1, 0] } },
    };
    const later = {
      seconds: 20,
      counters: { requests: 3 },
      gauges: { running: { max: 4, total: 5, samples: 2 } },
      histograms: { e2eSeconds: { le: [1], counts: [2, 5] } },
    };
    expect(addRollups(earlier, later)).toEqual({
      seconds: 30,
      counters: { requests: 5, "swaps.disk": 1 },
      gauges: { running: { max: 9, total: 17, samples: 4 } },
      histograms: { e2eSeconds: { le: [1], counts: [3, 5] } },
    });
  });
});

describe("stepStart", () => {
  it("is the start of the step that holds a moment", () => {
    expect(stepStart(at(119), 60)).toEqual(at(60));
    expect(stepStart(at(120), 60)).toEqual(at(120));
  });
});
