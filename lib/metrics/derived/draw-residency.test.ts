import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { plainReplay } from "#lib/lora-cache/testing/plain-cache.ts";
import { type CacheBefore, followCache, stateBefore } from "./derive-cache.ts";
import { isExactAt, mapGrid, rankByTime, runsOf, tiersAt } from "./draw-residency.ts";
import { IntervalLog } from "./follow-intervals.ts";
import { type NodeAct, type NodeRequest, nodeTimeline } from "./node-timeline.ts";

const NAMES = ["a", "b", "c", "d", "e", "f"];
const MOMENTS = [0, 7, 20, 33, 50, 64, 90];
type Limits = { maxLoras: number; maxCpuLoras: number };

let asks = 0;
const request = (fromMs: number) =>
  fc
    .tuple(fc.constantFrom(...NAMES, null), fc.nat(60), fc.integer({ min: 0, max: 15 }))
    .map(([loraName, at, length]): NodeRequest => {
      const arrivedMs = fromMs + at;
      return { id: `request-${asks++}`, loraName, arrivedMs, endedMs: arrivedMs + length };
    });
const act = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(fc.constantFrom(...NAMES), fc.nat(70))
      .map(([loraName, atMs]): NodeAct => ({ kind: "load", loraName, atMs })),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.constantFrom(...NAMES), fc.nat(70))
      .map(([loraName, atMs]): NodeAct => ({ kind: "unload", loraName, atMs })),
  },
  { weight: 1, arbitrary: fc.nat(70).map((atMs): NodeAct => ({ kind: "restart", atMs })) },
);
const limits = fc
  .tuple(fc.integer({ min: 1, max: 4 }), fc.nat(3))
  .map(([maxLoras, more]): Limits => ({ maxLoras, maxCpuLoras: maxLoras + more }));
const requests = (fromMs: number) =>
  fc.array(request(fromMs), { maxLength: 30 }).map((all) => all.sort((one, other) => one.arrivedMs - other.arrivedMs));
const acts = fc.array(act, { maxLength: 8 }).map((all) => all.sort((one, other) => one.atMs - other.atMs));

const BEGUN_MS = -1_000;
const drawn = (asked: NodeRequest[], done: NodeAct[], limits: Limits, before: CacheBefore) => {
  const log = new IntervalLog({ alive: [], isContinued: false, knownToMs: BEGUN_MS, epoch: 1 });
  const part = { fromMs: BEGUN_MS, cutMs: 1_000, onTiers: log.see.bind(log) };
  followCache(stateBefore(before, limits), asked, done, limits, part);
  return tiersAt(log.intervals(), MOMENTS, 1_000, NAMES).tiers;
};

/** Where vLLM's rules, written out plainly, have a name at each moment. */
function truth(asked: NodeRequest[], done: NodeAct[], { maxLoras, maxCpuLoras }: Limits, momentsMs = MOMENTS) {
  const { events } = nodeTimeline(asked, done, maxLoras);
  return momentsMs.map((momentMs) => {
    const past = events.filter(({ atMs }) => atMs < momentMs).map(({ event }) => event);
    return plainReplay(past, maxLoras, maxCpuLoras).tierOf;
  });
}

describe("tiersAt", () => {
  it("has in every column what the cache holds at that moment", () => {
    fc.assert(
      fc.property(requests(0), acts, limits, (asked, done, sizes) => {
        const tierAt = truth(asked, done, sizes);
        for (const [name, tiers] of drawn(asked, done, sizes, "empty"))
          expect(tiers, name).toEqual(tierAt.map((tierOf) => tierOf(name)));
      }),
      { numRuns: 2_000 },
    );
  });

  it("never says of what nobody saw come in anything but the truth", () => {
    fc.assert(
      fc.property(requests(-100), requests(0), limits, (earlier, asked, sizes) => {
        const ended = earlier.map((one) => ({ ...one, endedMs: Math.min(one.endedMs, -1) }));
        const tierAt = truth([...ended, ...asked], [], sizes);
        for (const [name, tiers] of drawn(asked, [], sizes, "unknown"))
          tiers.forEach((tier, column) => {
            if (tier !== "unknown") expect(tier, `${name} ${column}`).toBe(tierAt[column]?.(name));
          });
      }),
      { numRuns: 2_000 },
    );
  });

  it("says only what follows where it knows who lay in host memory, and not in which order", () => {
    fc.assert(
      fc.property(requests(-100), requests(0), limits, (earlier, asked, sizes) => {
        const held = NAMES.slice(0, sizes.maxCpuLoras);
        const loads = held.map((loraName): NodeAct => ({ kind: "load", loraName, atMs: -200 }));
        const ended = earlier
          .filter(({ loraName }) => loraName === null || held.includes(loraName))
          .map((one) => ({ ...one, endedMs: Math.min(one.endedMs, -1) }));
        const tierAt = truth([...ended, ...asked], loads, sizes);
        for (const [name, tiers] of drawn(asked, [], sizes, held))
          tiers.forEach((tier, column) => {
            if (tier !== "unknown") expect(tier, `${name} ${column}`).toBe(tierAt[column]?.(name));
          });
      }),
      { numRuns: 2_000 },
    );
  });

  it("knows nothing of a node that nobody saw begin and nobody used", () => {
    expect(new Set([...drawn([], [], { maxLoras: 2, maxCpuLoras: 4 }, "unknown").values()].flat())).toEqual(
      new Set(["unknown"]),
    );
  });
});

it("puts the longest in a slot first, and equal neighbours together", () => {
  const rows = new Map([
    ["b", ["gpu", "cpu", "cpu"]],
    ["a", ["gpu", "cpu", "cpu"]],
    ["c", ["absent", "absent", "absent"]],
    ["d", ["absent", "gpu", "gpu"]],
  ] as const);
  expect(rankByTime(rows)).toEqual(["d", "a", "b", "c"]);
  expect(runsOf(rows.get("d") ?? [])).toEqual([
    { is: "absent", columns: 1 },
    { is: "gpu", columns: 2 },
  ]);
  expect(runsOf([])).toEqual([]);
});

describe("mapGrid", () => {
  const at = (text: string) => new Date(`2026-11-25T${text}Z`);
  it("covers any range in steps of whole seconds, and ends where the range does", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 21_900_000 }), fc.nat(86_400_000), (lengthMs, offset) => {
        const to = at("12:00:00.000").getTime() + offset;
        const grid = mapGrid({ from: new Date(to - lengthMs), to: new Date(to) }, 190);
        expect(grid?.momentsMs.at(-1)).toBe(to);
        expect(grid?.fromMs).toBeLessThanOrEqual(to - lengthMs);
        expect(grid?.momentsMs.length).toBeLessThanOrEqual(190);
        expect(grid?.momentsMs.length).toBeGreaterThan(0);
      }),
    );
  });

  it("stands still while its range moves on", () => {
    const earlier = mapGrid({ from: at("11:00:05.000"), to: at("12:00:05.000") }, 190);
    const later = mapGrid({ from: at("11:00:15.000"), to: at("12:00:15.000") }, 190);
    expect(later?.fromMs).toBe(earlier?.fromMs);
    expect(later?.momentsMs.slice(0, 100)).toEqual(earlier?.momentsMs.slice(0, 100));
    expect(mapGrid({ from: at("00:00:00.000"), to: at("23:00:00.000") }, 190)).toBeNull();
  });
});

it("is exact only after the moment that made it so: what happens then may still push out somebody unseen", () => {
  const since = (settledMs: number | null) => ({ before: "unknown" as const, settledMs });
  expect([4, 5, 6].map((momentMs) => isExactAt(since(5), momentMs))).toEqual([false, false, true]);
  expect(isExactAt(since(null), 6)).toBe(false);
  expect(isExactAt({ before: "empty", settledMs: null }, 0)).toBe(true);
});
