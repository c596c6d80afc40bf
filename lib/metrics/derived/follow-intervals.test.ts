import fc from "fast-check";
import { expect, it } from "vitest";
import { plainReplay } from "#lib/lora-cache/testing/plain-cache.ts";
import { type CacheState, followCache, stateBefore } from "./derive-cache.ts";
import { EVERY_OTHER, type Interval, IntervalLog } from "./follow-intervals.ts";
import { type NodeAct, type NodeRequest, nodeTimeline } from "./node-timeline.ts";

const NAMES = ["a", "b", "c", "d", "e", "f"];
const END_MS = 110;

let asks = 0;
const request = fc
  .tuple(fc.constantFrom(...NAMES, null), fc.nat(60), fc.integer({ min: 0, max: 15 }))
  .map(([loraName, arrivedMs, length]): NodeRequest => {
    return { id: `request-${asks++}`, loraName, arrivedMs, endedMs: arrivedMs + length };
  });
const act = fc
  .tuple(fc.constantFrom("load", "load", "load", "unload", "restart"), fc.constantFrom(...NAMES), fc.nat(70))
  .map(
    ([kind, loraName, atMs]): NodeAct => (kind === "restart" ? { kind, atMs } : ({ kind, loraName, atMs } as NodeAct)),
  );
const scene = fc.record({
  requests: fc.array(request, { maxLength: 30 }).map((all) => all.sort((one, two) => one.arrivedMs - two.arrivedMs)),
  acts: fc.array(act, { maxLength: 8 }).map((all) => all.sort((one, two) => one.atMs - two.atMs)),
  maxLoras: fc.integer({ min: 1, max: 4 }),
  more: fc.nat(3),
  /** How far each turn follows, and how much of that the next one follows again. */
  turns: fc.array(fc.tuple(fc.integer({ min: 1, max: 30 }), fc.nat(30)), { maxLength: 8 }),
});

const isAlive = ({ endedMs }: Interval, fromMs: number) => endedMs === null || endedMs >= fromMs;

/** What is stored after turns of the loop, each from the checkpoint of the one before. */
function inTurns({
  requests,
  acts,
  maxLoras,
  more,
  turns,
}: typeof scene extends fc.Arbitrary<infer Scene> ? Scene : never) {
  const limits = { maxLoras, maxCpuLoras: maxLoras + more };
  let state: CacheState = stateBefore("empty", limits);
  let stored: Interval[] = [];
  let [fromMs, toMs] = [0, 0];
  for (const [step, again] of [...turns, [END_MS, 0] as const]) {
    toMs = Math.min(toMs + step, END_MS);
    const cutMs = Math.max(fromMs, toMs - again);
    const alive = stored.filter((one) => one.startedMs < fromMs && isAlive(one, fromMs));
    const restarts = acts.filter(({ kind, atMs }) => kind === "restart" && atMs < fromMs).length;
    const log = new IntervalLog({ alive, isContinued: fromMs > 0, knownToMs: fromMs, epoch: 1 + restarts });
    const known = requests.filter(({ arrivedMs, endedMs }) => Math.max(endedMs, arrivedMs + 0.5) >= fromMs);
    const since = acts.filter(({ atMs }) => atMs >= fromMs);
    const part = followCache(state, known, since, limits, { fromMs, cutMs, onTiers: log.see.bind(log) });
    stored = [...stored.filter((one) => !isAlive(one, fromMs)), ...log.intervals()];
    state = JSON.parse(JSON.stringify(part.after));
    fromMs = cutMs;
  }
  return { stored, limits };
}

it("is at every instant what vLLM's rules say, without two intervals of one name at once, in turns as at once", () => {
  fc.assert(
    fc.property(scene, (given) => {
      const { stored, limits } = inTurns(given);
      const { events } = nodeTimeline(given.requests, given.acts, limits.maxLoras);
      // nothing happens between two of these
      const moments = new Set(events.flatMap(({ atMs }) => [Math.floor(atMs), Math.floor(atMs) + 1]).concat(1, END_MS));
      for (const ms of moments) {
        const past = events.filter(({ atMs }) => atMs < ms);
        const { tierOf } = plainReplay(
          past.map(({ event }) => event),
          limits.maxLoras,
          limits.maxCpuLoras,
        );
        const epoch = 1 + past.filter(({ event }) => typeof event !== "string" && event.kind === "restart").length;
        const lasting = stored.filter(({ startedMs, endedMs }) => startedMs < ms && ms <= (endedMs ?? END_MS));
        const told = lasting.filter(({ loraName }) => loraName !== EVERY_OTHER);
        const truth = NAMES.flatMap((name) => (tierOf(name) === "absent" ? [] : `${name} ${tierOf(name)} ${epoch}`));
        expect(told.map((one) => `${one.loraName} ${one.tier} ${one.epoch}`).sort()).toEqual(truth);
      }
      expect(new Set(stored.map(({ loraName, startedMs }) => `${loraName} ${startedMs}`)).size).toBe(stored.length);
      const whole = inTurns({ ...given, turns: [] }).stored;
      const inOrder = (all: Interval[]) => all.map((one) => JSON.stringify(one)).sort();
      expect(inOrder(stored)).toEqual(inOrder(whole));
    }),
    { numRuns: 300 },
  );
});

const see = (log: IntervalLog, atMs: number, named: Record<string, "gpu" | "cpu">, restarts = 0) =>
  log.see(atMs, { named: new Map(Object.entries(named)), rest: "absent" }, restarts);
const words = (all: readonly Interval[]) =>
  all
    .filter(({ loraName }) => loraName !== EVERY_OTHER)
    .map(
      ({ loraName, tier, startedMs, endedMs, endReason }) => `${loraName} ${tier} ${startedMs}-${endedMs} ${endReason}`,
    );

it("says why an interval ended", () => {
  const log = new IntervalLog({ alive: [], isContinued: false, knownToMs: 0, epoch: 1 });
  see(log, 0, { a: "gpu" });
  see(log, 1, { a: "cpu", b: "gpu" });
  see(log, 2, { a: "gpu" });
  see(log, 3, { a: "gpu" }, 1);
  expect(words(log.intervals())).toEqual([
    "a gpu 0-1 evicted",
    "a cpu 1-2 promoted",
    "b gpu 1-2 evicted",
    "a gpu 2-3 restart",
    "a gpu 3-null null",
  ]);
});

it("ends what was alive before a gap where it was last known, also what is there again", () => {
  const one = { tier: "gpu", epoch: 1, source: "derived", startedMs: 5, endedMs: null, endReason: null } as const;
  const alive = [{ ...one, loraName: "a" }];
  const again = new IntervalLog({ alive, isContinued: false, knownToMs: 40, epoch: 1 });
  see(again, 90, { a: "gpu" });
  expect(words(again.intervals())).toEqual(["a gpu 5-40 unknown", "a gpu 90-null null"]);
  const next = new IntervalLog({ alive, isContinued: true, knownToMs: 40, epoch: 1 });
  see(next, 40, { a: "gpu" });
  expect(words(next.intervals())).toEqual(["a gpu 5-null null"]);
});
