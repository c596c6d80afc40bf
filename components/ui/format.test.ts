import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  boundedText,
  formatBytes,
  formatBytesExact,
  formatChange,
  formatCount,
  formatLatency,
  formatMoney,
  formatShare,
  formatShareCount,
  formatShort,
  formatUnit,
  quantityText,
  shortenId,
} from "./format.ts";

const plain = (text: string): string => text.replaceAll("\u202f", " ");

describe("numbers", () => {
  it("a bound is read as one", () => {
    expect(plain(boundedText("300 ms", "at_most"))).toBe("≤ 300 ms");
    expect(plain(boundedText("7,680 s", "more_than"))).toBe("> 7,680 s");
    expect(boundedText("300 ms", null)).toBe("300 ms");
  });

  it.each([
    [0, "0 B"],
    [999, "999 B"],
    [42_000_000, "42.0 MB"],
    [999_949, "1.00 MB"],
    [16_060_522_496, "16.1 GB"],
  ])("writes %d bytes decimal with three digits", (bytes, text) => {
    expect(plain(quantityText(formatBytes(bytes)))).toBe(text);
  });

  it("keeps every byte for the hover", () => {
    expect(plain(formatBytesExact(41_975_808))).toBe("41,975,808 B");
  });

  it.each([
    [0, "0 ms"],
    [4.26, "4.26 ms"],
    [470, "470 ms"],
    [999.7, "1.00 s"],
    [1240, "1.24 s"],
  ])("writes a latency of %d ms in ms below a second", (ms, text) => {
    expect(plain(quantityText(formatLatency(ms)))).toBe(text);
  });

  it.each([
    [0, "0 %"],
    [0.005, "0.5 %"],
    [0.000528, "0.053 %"],
    [0.0000001, "< 0.001 %"],
    [0.9999, "> 99.9 %"],
    [1, "100 %"],
    [0.123, "12.3 %"],
  ])("writes the ratio %d as a share", (ratio, text) => {
    expect(plain(quantityText(formatShare(ratio)))).toBe(text);
  });

  it("never shows 0 % or 100 % for a share that is neither", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, minExcluded: true, maxExcluded: true, noNaN: true }), (ratio) => {
        expect(["0", "100"]).not.toContain(formatShare(ratio).number);
      }),
    );
  });

  it("asks for the count beside a share of fewer than 1,000", () => {
    expect(formatShareCount(1, 200)).toBe("1 of 200");
    expect(formatShareCount(12, 1000)).toBeNull();
  });

  it("writes money with its period and no cents from 100 on", () => {
    expect(plain(quantityText(formatMoney(1200, "USD", "month")))).toBe("$1,200 / month");
    expect(plain(quantityText(formatMoney(1.5, "USD", "h")))).toBe("$1.50 / h");
    expect(plain(quantityText(formatMoney(0.0012, "USD", "month")))).toBe("< $0.01 / month");
    expect(plain(quantityText(formatMoney(0, "USD", "month")))).toBe("$0 / month");
  });

  it.each([
    [3141, "tok/s", "3,140 tok/s"],
    [41, "evictions/min", "41 evictions / min"],
    [12_345, "count", "12,345"],
    [1200, "USD/month", "$1,200 / month"],
    [0.005, "ratio", "0.5 %"],
    [1.5, "s", "1.50 s"],
    [2_000_000, "bytes/s", "2.00 MB/s"],
  ])("writes %d in the figure unit %s", (value, unit, text) => {
    expect(plain(quantityText(formatUnit(value, unit)))).toBe(text);
  });

  it("gives a change its sign", () => {
    expect(plain(formatChange(60, "ms"))).toBe("+60 ms");
    expect(plain(formatChange(-60, "ms"))).toBe("\u221260 ms");
  });

  it("follows the reader's locale", () => {
    expect(formatCount(12_345, "de-DE")).toBe("12.345");
  });

  it("shortens ids in the middle and leaves short ones whole", () => {
    expect(shortenId("ten_0198c0de7d0b7d3f8f1d2a6b3c4d5e6f")).toBe("ten_0198\u20265e6f");
    expect(shortenId("support-bot")).toBe("support-bot");
    expect(shortenId("sha256:0198c0de7d0b7d3f8f1d2a6b3c4d5e6f")).toBe("sha256:0198\u20265e6f");
  });
});

describe("formatShort", () => {
  it.each([
    [0, "0"],
    [0.052, "0.052"],
    [9_999, "10,000"],
    [7_500, "7,500"],
    [75_000, "75K"],
    [-12_500, "-12.5K"],
    [2_500_000, "2.5M"],
  ])("%d is %s", (value, text) => expect(formatShort(value, "en-US")).toBe(text));
});
