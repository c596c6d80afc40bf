import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addDays, lastDayOfMonth, longDate, weekdayOf } from "./calendar.ts";

describe("calendar", () => {
  it.each([
    ["2026-01-31", 1, "2026-02-01"],
    ["2026-12-31", 1, "2027-01-01"],
    ["2024-02-28", 1, "2024-02-29"],
    ["2026-03-01", -1, "2026-02-28"],
  ])("%s plus %i days is %s", (date, days, result) => {
    expect(addDays(date, days)).toBe(result);
  });

  it("names days and ends of months", () => {
    expect(weekdayOf("2026-01-14")).toBe("Wednesday");
    expect(longDate("2026-02-03")).toBe("Tuesday, 3 February 2026");
    expect(["2024-02-01", "2026-02-28", "2026-12-05"].map(lastDayOfMonth)).toEqual([
      "2024-02-29",
      "2026-02-28",
      "2026-12-31",
    ]);
  });

  it("goes there and back", () => {
    fc.assert(
      fc.property(fc.integer({ min: -40_000, max: 40_000 }), (days) => {
        expect(addDays(addDays("2026-01-14", days), -days)).toBe("2026-01-14");
      }),
    );
  });
});
