import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createDurationLog } from "./duration-log.ts";

const STEPS = 7;
const Any = fc.array(fc.tuple(fc.nat(STEPS - 1), fc.nat(10_000)), { maxLength: 300 });
const Told = fc.oneof(
  Any,
  Any.map((told) => told.sort(([one], [other]) => one - other)),
);

describe("a log of durations", () => {
  it("takes durations as they are packed, and none of requests without one", () => {
    const log = createDurationLog(STEPS);
    log.add(3, 9);
    log.addPacked(2, { values: Float64Array.of(9, 0, 1, 251, 0, 3_001, 9), perMs: 1000 }, 1, 6);
    const found = new Float64Array(log.countIn(2, 3));
    log.copyInto(found, 0, 2, 3);
    expect([...found]).toEqual([0, 0.25, 3]);
    expect(log.countIn(0, STEPS)).toBe(4);
  });

  it("has of any steps exactly what was told of them, also when more is told later", () => {
    fc.assert(
      fc.property(Told, Told, fc.nat(STEPS), fc.nat(STEPS), (first, later, one, other) => {
        const [from, to] = [Math.min(one, other), Math.max(one, other)];
        const log = createDurationLog(STEPS);
        const told: typeof first = [];
        for (const part of [first, later]) {
          for (const [step, ms] of part) log.add(step, ms);
          told.push(...part);
          const expected = told.flatMap(([step, ms]) => (step >= from && step < to ? [ms] : []));
          const size = log.countIn(from, to);
          const found = new Float64Array(size + 1).fill(-1);
          log.copyInto(found, 1, from, to);
          expect(size).toBe(expected.length);
          expect([...found.subarray(1)].sort((a, b) => a - b)).toEqual(expected.sort((a, b) => a - b));
          expect(found[0]).toBe(-1);
          // whoever takes a step as it lies may put it in order, and nothing is lost of the others
          for (let step = 0; step < STEPS; step += 1)
            expect([...log.ofStep(step).sort()]).toEqual(
              told.flatMap(([own, ms]) => (own === step ? [ms] : [])).sort((a, b) => a - b),
            );
        }
      }),
    );
  });
});
