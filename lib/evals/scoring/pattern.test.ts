import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom } from "../random.ts";
import { exampleOf, parsePattern } from "./pattern.ts";

describe("patterns", () => {
  it.each([
    "^[A-Z]{3}-\\d{4}$",
    "^(?:\\+\\d{1,3})? ?\\d{6,12}$",
    "^(cash|card|invoice)$",
    "[a-z]+@[a-z]+\\.example",
    "^\\d+(\\.\\d{2})?$",
    "^[0-9a-f]{8}-[0-9a-f]{4}$",
    "colou?r",
  ])("%s is turned round into texts that fit it", (text) => {
    const read = parsePattern(text);
    if (!read.ok) throw new Error(read.reason);
    fc.assert(
      fc.property(fc.string(), (seed) => {
        expect(exampleOf(read.pattern, createRandom(seed))).toMatch(new RegExp(text));
      }),
    );
  });

  it.each([
    ["(a+)+$", "repeats what repeats"],
    ["^(\\d*|x)*$", "repeats what repeats"],
    ["(?=a)b", "looks around"],
    ["(?<name>a)", "looks around"],
    ["(a)\\1", "uses \\1"],
    ["[^a]", "what a character is not"],
    ["a{1,5000}", "beyond 100"],
    ["(a", "open bracket"],
    ["a)", "too many"],
    ["^a|b$", "one alternative only"],
    ["*a", "precedes"],
    ["x".repeat(201), "longer than"],
  ])("%s is refused: %s", (text, reason) => {
    expect(parsePattern(text)).toMatchObject({ ok: false, reason: expect.stringContaining(reason) });
  });

  it("never throws, and what it takes the engine takes too", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."ab1\\()[]{}|^$.*+?-,dw"), maxLength: 20 }), (text) => {
        const read = parsePattern(text);
        if (read.ok) expect(exampleOf(read.pattern, createRandom(text))).toMatch(new RegExp(text));
      }),
      { numRuns: 2000 },
    );
  });
});
