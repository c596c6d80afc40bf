import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeFloats, encodeFloats } from "./elements.ts";

const bits = (value: number, dtype: "BF16" | "F16") => {
  const [low = 0, high = 0] = encodeFloats([value], dtype);
  return (high << 8) | low;
};

describe("encodeFloats", () => {
  it.each([
    [1, 0x3f80],
    [-2, 0xc000],
    [1.00390625, 0x3f80], // half way: to even
    [1.01171875, 0x3f82], // half way: to even, upwards
    [Number.POSITIVE_INFINITY, 0x7f80],
    [Number.NaN, 0x7fc0],
    [3.4e38, 0x7f80], // rounds beyond the largest
  ])("rounds %f to bfloat16 as torch does", (value, expected) => {
    expect(bits(value, "BF16")).toBe(expected);
  });

  it.each([
    [1, 0x3c00],
    [65_504, 0x7bff],
    [65_519, 0x7bff],
    [65_520, 0x7c00],
    [2 ** -24, 0x0001],
    [2 ** -25, 0x0000], // half way to the smallest: to even
    [2 ** -14, 0x0400],
    [-0, 0x8000],
    [0.333251953125, 0x3555],
  ])("rounds %f to half precision", (value, expected) => {
    expect(bits(value, "F16")).toBe(expected);
  });

  it("gives back what a format can hold", () => {
    for (const dtype of ["BF16", "F16", "F32"] as const)
      fc.assert(
        fc.property(fc.array(fc.float({ noNaN: true })), (values) => {
          const once = decodeFloats(encodeFloats(values, dtype), dtype);
          expect(decodeFloats(encodeFloats(once, dtype), dtype)).toEqual(once);
        }),
      );
  });
});
