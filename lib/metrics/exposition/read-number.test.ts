import fc from "fast-check";
import { expect, it } from "vitest";
import { isPlainNumber, readNumber, readPlainCount } from "./read-number.ts";

const pieces = fc
  .array(fc.constantFrom("0", "7", "12", ".", "e", "E", "+", "-", "inf", "nan", " ", "_", "9007199254740993"), {
    maxLength: 6,
  })
  .map((parts) => parts.join(""));

it("takes for a number where it stands nothing that is none, and reads a count as what it is", () => {
  fc.assert(
    fc.property(pieces, fc.string({ maxLength: 3 }), (text, around) => {
      const [from, to] = [around.length, around.length + text.length];
      const stands = around + text + around;
      if (isPlainNumber(stands, from, to)) expect(Number.isNaN(readNumber(text) ?? Number.NaN)).toBe(false);
      const count = readPlainCount(stands, from, to);
      if (count !== null) expect(count).toBe(readNumber(text));
    }),
    { numRuns: 5_000 },
  );
});

it.each(["0", "1.0", "-3", "0.25", "1.795606e+09", "12e3", "4E-7"])("sees that %s is one", (text) => {
  expect(isPlainNumber(`a ${text}\n`, 2, 2 + text.length)).toBe(true);
});
