import { describe, expect, it } from "vitest";
import { limitOf, limitText } from "./limit-text.ts";

describe("a limit's text", () => {
  it.each([
    ["", null],
    ["  ", null],
    ["120", 120],
    ["60,000", 60_000],
    ["60 000", 60_000],
    ["1.5", 1.5],
    ["many", -1],
    ["Infinity", -1],
  ])("%j is %j", (text, limit) => {
    expect(limitOf(text)).toBe(limit);
  });

  it("is empty for no limit", () => {
    expect([limitText(null), limitText(0), limitText(8)]).toEqual(["", "0", "8"]);
  });
});
