import { describe, expect, it } from "vitest";
import {
  formatAbsolute,
  formatAge,
  formatClock,
  formatDuration,
  formatRelative,
  formatStamp,
  tickOf,
} from "./format-time.ts";

const plain = (text: string | null): string => (text ?? "null").replaceAll("\u202f", " ");
const NOW = Date.UTC(2026, 10, 12, 13, 5, 9);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe("durations", () => {
  it.each([
    [350, "350 ms"],
    [12_000, "12 s"],
    [380_000, "6 min 20 s"],
    [14 * MINUTE, "14 min"],
    [134 * MINUTE, "2 h 14 min"],
    [2 * HOUR, "2 h"],
    [59 * MINUTE + 59_900, "1 h"],
    [76 * HOUR, "3 d 4 h"],
  ])("writes %d ms by its two largest units", (ms, text) => {
    expect(plain(formatDuration(ms))).toBe(text);
  });

  it("counts an age down to the unit that matters and never below zero", () => {
    expect(plain(formatAge(NOW - 12_400, NOW))).toBe("12 s");
    expect(plain(formatAge(NOW + 500, NOW))).toBe("0 s");
  });
});

describe("moments", () => {
  it.each([
    [NOW - 500, "just now"],
    [NOW + 900, "just now"],
    [NOW - 8_000, "8 s ago"],
    [NOW - 3 * MINUTE, "3 min ago"],
    [NOW - 23.9 * HOUR, "23 h ago"],
    [NOW - 24 * HOUR, "null"],
    [NOW + 5 * MINUTE, "in 5 min"],
  ])("is relative under a day (%d)", (at, text) => {
    expect(plain(formatRelative(at, NOW))).toBe(text);
  });

  it("is absolute after that, with the year only when it is another one", () => {
    expect(formatAbsolute(NOW, NOW, "Europe/Berlin")).toBe("12 Nov, 14:05");
    expect(formatAbsolute(NOW, NOW, "UTC")).toBe("12 Nov, 13:05 UTC");
    expect(formatAbsolute(Date.UTC(2025, 0, 2, 3, 4), NOW, "UTC")).toBe("2 Jan 2025, 03:04 UTC");
  });

  it("gives the whole stamp with its offset for hover and copy", () => {
    expect(formatStamp(NOW, "Europe/Berlin")).toBe("2026-11-12T14:05:09+01:00");
    expect(formatStamp(NOW, "UTC")).toBe("2026-11-12T13:05:09Z");
  });

  it("names midnight 00:00, not 24:00", () => {
    expect(formatClock(Date.UTC(2026, 10, 12), "UTC")).toBe("00:00 UTC");
  });

  it("ticks by the second only while seconds are shown", () => {
    expect(tickOf(NOW - 10_000, NOW)).toBe(1000);
    expect(tickOf(NOW - 3 * MINUTE, NOW)).toBe(30_000);
  });
});
