import fc from "fast-check";
import { expect, it } from "vitest";
import { exactQuantiles } from "./quantiles.ts";

const QS = [0, 0.5, 0.95, 0.99, 1];

it("are those of the sorted values, interpolated between two, whatever their order and however often they repeat", () => {
  const value = fc.oneof(fc.nat(5), fc.double({ noNaN: true, noDefaultInfinity: true, min: 0, max: 1e9 }));
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 300 }), (values) => {
      const sorted = [...values].sort((a, b) => a - b);
      const expected = QS.map((q) => {
        const rank = q * (sorted.length - 1);
        const [low, high] = [sorted[Math.floor(rank)] ?? 0, sorted[Math.ceil(rank)] ?? 0];
        return low + (rank - Math.floor(rank)) * (high - low);
      });
      expect(exactQuantiles(Float64Array.from(values), QS)).toEqual(expected);
    }),
    { numRuns: 500 },
  );
  expect(exactQuantiles(new Float64Array(), QS)).toBeNull();
});
