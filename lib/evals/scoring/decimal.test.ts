import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalDecimal, exactDouble } from "./decimal.ts";

describe("canonicalDecimal", () => {
  it.each([
    ["1", "1"],
    ["1.0", "1"],
    ["1e0", "1"],
    ["10e-1", "1"],
    ["0.1e1", "1"],
    ["-0", "0"],
    ["0.000e99", "0"],
    ["100", "1e2"],
    ["1E+2", "1e2"],
    ["-12.50", "-125e-1"],
    ["12345678901234567890", "1234567890123456789e1"],
    ["9007199254740993", "9007199254740993"],
    ["1e99999999999999999999", "1e99999999999999999999"],
  ])("reads %s as %s", (lexeme, canonical) => {
    expect(canonicalDecimal(lexeme)).toBe(canonical);
  });

  it("gives every spelling of one number the same text, and different numbers different texts", () => {
    const digits = fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n });
    fc.assert(
      fc.property(digits, digits, fc.nat(12), (a, b, zeros) => {
        const spelled = `${a}.${"0".repeat(zeros + 1)}e${zeros}`;
        expect(canonicalDecimal(`${a}${"0".repeat(zeros)}`)).toBe(canonicalDecimal(spelled));
        expect(canonicalDecimal(`${a}`) === canonicalDecimal(`${b}`)).toBe(a === b);
      }),
    );
  });

  it.each(["", "abc", "1.", ".5", "0x10", "NaN", "1e"])("refuses %s", (text) => {
    expect(() => canonicalDecimal(text)).toThrow(RangeError);
  });
});

describe("exactDouble", () => {
  it.each([
    ["1.0", 1],
    ["0.1", 0.1],
    ["1e2", 100],
  ])("holds %s", (lexeme, value) => {
    expect(exactDouble(lexeme)).toBe(value);
  });

  it.each(["9007199254740993", "12345678901234567890", "1e400", "0.1000000000000000055"])(
    "does not hold %s",
    (lexeme) => {
      expect(exactDouble(lexeme)).toBeNull();
    },
  );
});
