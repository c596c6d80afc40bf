import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { manualClock } from "#lib/platform/clock.ts";
import { aimdPolicy } from "./aimd.ts";
import { createTurns, type Turn, type TurnEnd, type TurnKind } from "./turns.ts";

const answered: TurnEnd = { kind: "answered", retryAfterMs: null };
const busy: TurnEnd = { kind: "busy", retryAfterMs: null };
const ordered = (retryAfterMs: number): TurnEnd => ({ kind: "busy", retryAfterMs });
const settle = () => new Promise((done) => setImmediate(done));

function world(ceiling = 32) {
  const clock = manualClock(new Date(0));
  const turns = createTurns(aimdPolicy(ceiling), clock);
  const held: { name: string; turn: Turn }[] = [];
  const take = (name: string, kind: TurnKind = "new", signal = new AbortController().signal) => {
    const taking = turns.take(kind, signal);
    taking.then(
      (turn) => held.push({ name, turn }),
      () => undefined,
    );
    return taking;
  };
  return { clock, turns, held, take, names: () => held.map(({ name }) => name) };
}

describe("turns", () => {
  it("are handed out up to the limit, then as they are given back, those who ask again first", async () => {
    const { clock, take, held, names } = world();
    for (const name of ["a", "b", "c", "d", "e", "f"]) void take(name);
    void take("again", "again");
    await settle();
    expect(names()).toEqual(["a", "b", "c", "d"]);
    clock.advance(10);
    held[0]?.turn.end({ kind: "other", retryAfterMs: null });
    held[1]?.turn.end({ kind: "other", retryAfterMs: null });
    await settle();
    expect(names()).toEqual(["a", "b", "c", "d", "again", "e"]);
  });

  it("stop for all while the server has ordered to wait, and go on at half by themselves", async () => {
    const { clock, take, held, names, turns } = world();
    for (const name of ["a", "b", "c", "d", "e", "f", "g"]) void take(name);
    await settle();
    clock.advance(10);
    held[0]?.turn.end(ordered(5_000));
    for (const one of held.slice(1)) one.turn.end({ kind: "other", retryAfterMs: null });
    await settle();
    expect(names()).toHaveLength(4);
    expect(turns.limit()).toBe(0);
    clock.advance(4_999);
    await settle();
    expect(names()).toHaveLength(4);
    clock.advance(1);
    await settle();
    expect(names()).toEqual(["a", "b", "c", "d", "e", "f"]);
    expect(turns.limit()).toBe(2);
  });

  it("wait out an order although the one that waited for it has left", async () => {
    const { clock, take, held, names } = world(1);
    void take("a");
    await settle();
    held[0]?.turn.end(ordered(1_000));
    const leaving = new AbortController();
    const left = take("b", "new", leaving.signal);
    void take("c");
    clock.advance(500);
    leaving.abort(new Error("gone"));
    await expect(left).rejects.toThrow("gone");
    await settle();
    clock.advance(500);
    await settle();
    expect(names()).toEqual(["a", "c"]);
  });

  it("are as few as a cap says, for as long as it says so", async () => {
    const { take, turns, names, held } = world();
    turns.cap(1);
    for (const name of ["a", "b", "c"]) void take(name);
    await settle();
    expect(names()).toEqual(["a"]);
    turns.cap(0);
    held[0]?.turn.end(answered);
    await settle();
    expect(names()).toEqual(["a"]);
    turns.cap(null);
    await settle();
    expect(names()).toEqual(["a", "b", "c"]);
  });

  it("never exceed the ceiling, and reach everybody who stays", async () => {
    const step = fc.record({
      kind: fc.constantFrom("new" as const, "again" as const),
      end: fc.constantFrom(answered, busy, ordered(70)),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 60 }), async (steps) => {
        const { clock, turns } = world(8);
        let inFlight = 0;
        let most = 0;
        let served = 0;
        for (const { kind, end } of steps)
          void turns.take(kind, new AbortController().signal).then((turn) => {
            inFlight += 1;
            most = Math.max(most, inFlight);
            served += 1;
            void clock.sleep(30, new AbortController().signal).then(() => {
              inFlight -= 1;
              turn.end(end);
            });
          });
        for (let round = 0; served < steps.length && round < 20 * steps.length; round += 1) {
          await settle();
          clock.advance(10);
        }
        expect(served).toBe(steps.length);
        expect(most).toBeLessThanOrEqual(8);
      }),
      { numRuns: 40 },
    );
  });
});
