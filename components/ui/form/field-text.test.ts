import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  COMMAS,
  DECIMAL,
  jsonList,
  LINES,
  NUMBER,
  NUMBERS,
  OPTIONAL,
  OPTIONAL_MONEY,
  OPTIONAL_NUMBER,
  OPTIONAL_PRICE,
  PLAIN,
  PROPOSED_NUMBER,
  PROPOSED_TEXT,
  shownText,
  TRIMMED,
  WORDS,
  whyNoList,
} from "./field-text.ts";

describe("a number's field", () => {
  it.each([
    ["", null],
    ["  ", null],
    ["120", 120],
    ["60,000", 60_000],
    ["1,200,000.5", 1_200_000.5],
    ["60 000", 60_000],
    ["60_000", 60_000],
    ["$1,200", Number.NaN],
    [" -1.5 ", -1.5],
    ["0", 0],
    ["1,5", Number.NaN],
    ["many", Number.NaN],
    ["Infinity", Number.NaN],
    ["0x10", Number.NaN],
    ["1e3", Number.NaN],
    ["1 1", Number.NaN],
    ["1.000", Number.NaN],
    ["1.000.000", Number.NaN],
    ["0.925", 0.925],
    ["1.25", 1.25],
    ["1,200 000", Number.NaN],
  ])("%j is %j", (text, value) => {
    expect(OPTIONAL_NUMBER.read(text)).toBe(value);
    expect(NUMBER.read(text)).toBe(value ?? Number.NaN);
  });

  it("has three decimals where that is usual, such as for a price an hour", () => {
    expect(["2.125", " 0.9 ", "99.995", "1,5", "1e3", ""].map(DECIMAL.read)).toEqual([
      2.125,
      0.9,
      99.995,
      Number.NaN,
      Number.NaN,
      Number.NaN,
    ]);
    expect(["", "2.125", "$2.125", "$"].map(OPTIONAL_PRICE.read)).toEqual([null, 2.125, 2.125, Number.NaN]);
  });

  it("takes a dollar sign for money only", () => {
    expect(["", "$1,200", "1200", "$", "$$1"].map(OPTIONAL_MONEY.read)).toEqual([
      null,
      1_200,
      1_200,
      Number.NaN,
      Number.NaN,
    ]);
    expect(DECIMAL.read("$0")).toBe(Number.NaN);
  });

  it("shows nothing for no limit, and for no number", () => {
    expect([null, 0, 8, Number.NaN].map(OPTIONAL_NUMBER.write)).toEqual(["", "0", "8", ""]);
  });
});

it("takes numbers apart by commas, and no text for no number", () => {
  expect(NUMBERS.write([5, 50])).toBe("5, 50");
  expect(NUMBERS.read(" 1,10 , 60")).toEqual([1, 10, 60]);
  expect(NUMBERS.read("  ")).toEqual([]);
  expect(NUMBERS.read("1, , x")).toEqual([1, Number.NaN, Number.NaN]);
  expect(NUMBERS.read("1 5 25")).toEqual([Number.NaN]);
});

it("takes lines and words apart, without the empty ones", () => {
  expect(LINES.read("Dora\n\n  Acme Rockets \n")).toEqual(["Dora", "Acme Rockets"]);
  expect(LINES.write(["Dora", "Quill"])).toBe("Dora\nQuill");
  expect(WORDS.read(" a@b.c; d@e.f,\ng@h.i ")).toEqual(["a@b.c", "d@e.f", "g@h.i"]);
  expect(TRIMMED.read(" /store ")).toBe("/store");
  expect([OPTIONAL.read(" "), OPTIONAL.read(" a"), OPTIONAL.write(null)]).toEqual([null, "a", ""]);
});

it("takes a list in JSON as it is, and keeps what is none for its schema to refuse", () => {
  const { read, write } = jsonList<unknown>();
  expect([" ", "[]", '[{"a": 1}]'].map(read)).toEqual([[], [], [{ a: 1 }]]);
  expect(["[{", "{}"].map(read)).toEqual(["[{", "{}"]);
  expect([write([]), write([1]), write(read("[{"))]).toEqual(["", "[\n  1\n]", "[{"]);
  expect(["[{", "{}", "[]", [1]].map(whyNoList)).toEqual([
    expect.stringMatching(/^Invalid JSON: /),
    "Not a JSON list. Write [{…}].",
    null,
    null,
  ]);
  expect(COMMAS.read(" looked at, , x ,")).toEqual(["looked at", "x"]);
});

it("takes an emptied field for empty, and goes back to no proposal", () => {
  expect([PROPOSED_TEXT.read(""), PROPOSED_TEXT.write(null)]).toEqual(["", ""]);
  expect([PROPOSED_NUMBER.read(""), PROPOSED_NUMBER.read("8"), PROPOSED_NUMBER.write(null)]).toEqual([
    Number.NaN,
    8,
    "",
  ]);
});

describe("what a field shows", () => {
  it("is what was typed while that is its value", () => {
    expect(shownText(OPTIONAL_NUMBER, "1,2", Number.NaN)).toBe("1,2");
    expect(shownText(NUMBER, "60,000", 60_000)).toBe("60,000");
    expect(shownText(LINES, "Dora\n", ["Dora"])).toBe("Dora\n");
  });

  it("is the value once that was changed from elsewhere", () => {
    expect(shownText(OPTIONAL_NUMBER, "1,2", 12)).toBe("12");
    expect(shownText(PLAIN, "typed", "proposed")).toBe("proposed");
  });

  it("is always a text of the value", () => {
    fc.assert(fc.property(fc.string(), fc.string(), (typed, value) => shownText(PLAIN, typed, value) === value));
    fc.assert(
      fc.property(fc.string(), fc.integer(), (typed, value) => NUMBER.read(shownText(NUMBER, typed, value)) === value),
    );
  });
});
