import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LoopState } from "#lib/platform/loop-registry.ts";
import { judgeLoops, type LeaseFacts, type WorkerFacts } from "./judge-loops.ts";

const NOW = new Date("2026-11-25T12:00:00.000Z");
const ago = (seconds: number) => new Date(NOW.getTime() - seconds * 1000);
const lease = (over: Partial<LeaseFacts> = {}): LeaseFacts => ({
  name: "scrub",
  holder: "w1",
  lastRunAt: ago(100),
  lastError: null,
  expiresAt: ago(40),
  ...over,
});
const loop = (over: Partial<LoopState> = {}): LoopState => ({
  name: "scrub",
  everyMs: 3_600_000,
  longestRunMs: 600_000,
  state: "waiting",
  since: ago(100),
  ...over,
});
const worker = (loops: LoopState[], seconds = 2, id = "w1"): WorkerFacts => ({ id, seenAt: ago(seconds), loops });
const stateOf = (leases: LeaseFacts[], workers: WorkerFacts[]) =>
  judgeLoops(leases, workers, NOW).map(({ state }) => state);

describe("a loop", () => {
  it("that runs once an hour is stopped as soon as no worker that is there carries it", () => {
    expect(stateOf([lease()], [worker([loop()])])).toEqual(["on_time"]);
    expect(stateOf([lease()], [worker([loop()], 13)])).toEqual(["stopped"]);
    expect(stateOf([lease()], [worker([loop({ name: "scrape", everyMs: 10_000, since: ago(1) })])])).toEqual([
      "on_time",
      "stopped",
    ]);
  });

  it("is late when its next run is overdue, and says by how much", () => {
    const due = loop({ everyMs: 10_000, since: ago(25) });
    expect(judgeLoops([lease({ lastRunAt: ago(25) })], [worker([due])], NOW)).toMatchObject([
      { state: "late", overdueSeconds: 5, holder: "w1", everySeconds: 10 },
    ]);
    expect(stateOf([lease({ lastRunAt: ago(19) })], [worker([due])])).toEqual(["on_time"]);
  });

  it("may run for as long as its runs may last; one that hangs in a run is late", () => {
    const long = (seconds: number, longestRunMs: number | null = 600_000) =>
      worker([loop({ everyMs: 10_000, state: "running", since: ago(seconds), longestRunMs })]);
    const held = [lease({ lastRunAt: ago(9_950) })];
    expect(stateOf(held, [long(599)])).toEqual(["running"]);
    expect(judgeLoops(held, [long(630)], NOW)).toMatchObject([{ state: "late", overdueSeconds: 30 }]);
    expect(stateOf(held, [long(9_000, null)])).toEqual(["running"]);
  });

  it("of a worker that was just started owes its run from then on, however long nobody ran it", () => {
    const fresh = loop({ everyMs: 10_000, state: "standby", since: ago(5) });
    expect(stateOf([lease({ holder: "gone", lastRunAt: ago(9_000) })], [worker([fresh])])).toEqual(["on_time"]);
    const waiting = { ...fresh, since: ago(60) };
    expect(stateOf([lease({ holder: "gone", lastRunAt: ago(9_000) })], [worker([waiting])])).toEqual(["late"]);
  });

  it("fails until a run succeeds, and is forgotten a week after its last one when no worker knows it", () => {
    expect(stateOf([lease({ lastError: "no room" })], [worker([loop()])])).toEqual(["failing"]);
    expect(stateOf([lease({ lastRunAt: ago(8 * 86_400) })], [])).toEqual([]);
  });

  it("is never called well when no worker was seen for 12 s, whatever it said last", () => {
    const seconds = fc.integer({ min: 13, max: 86_400 });
    fc.assert(
      fc.property(
        seconds,
        seconds,
        fc.constantFrom<LoopState["state"]>("running", "waiting", "standby"),
        (at, ran, state) => {
          expect(stateOf([lease({ lastRunAt: ago(ran) })], [worker([loop({ state, since: ago(ran) })], at)])).toEqual([
            "stopped",
          ]);
        },
      ),
    );
  });
});
