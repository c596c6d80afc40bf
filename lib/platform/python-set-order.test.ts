import { describe, expect, it } from "vitest";
import { pythonSetOrder } from "./python-set-order.ts";

const loraName = (index: number): string =>
  `tenant-${(index * 7) % 41}--support-bot--v${(index % 3) + 1}-${((index * 2_654_435_761) % 2 ** 48).toString(16).padStart(12, "0")}`;
const loraNames = (count: number): string[] => Array.from({ length: count }, (_, index) => loraName(index));
/** One, two and four bytes a character. */
const ODD = ["", "a", "ab", "é", "ß-ü", "日本", "日本語--v1", "😀", "a😀b"];

/** `[names.index(one) for one in set(names)]`, as CPython 3.11.7 printed it under each PYTHONHASHSEED. */
const PRINTED: [seed: number, names: number | "odd", order: number[]][] = [
  [0, 2, [1, 0]],
  [0, 4, [1, 0, 2, 3]],
  [0, 5, [0, 4, 3, 2, 1]],
  [0, 12, [6, 0, 4, 3, 5, 11, 9, 2, 10, 1, 7, 8]],
  [0, 18, [6, 0, 4, 12, 17, 15, 13, 3, 5, 11, 16, 9, 14, 2, 10, 1, 7, 8]],
  [0, 19, [6, 11, 14, 7, 18, 4, 12, 17, 15, 3, 2, 1, 8, 13, 10, 0, 5, 9, 16]],
  [0, "odd", [0, 3, 4, 5, 7, 6, 1, 8, 2]],
  [1, 2, [0, 1]],
  [1, 4, [2, 0, 3, 1]],
  [1, 5, [0, 3, 1, 4, 2]],
  [1, 12, [0, 11, 8, 3, 5, 6, 7, 1, 10, 4, 9, 2]],
  [1, 18, [13, 17, 15, 0, 11, 16, 8, 12, 3, 5, 6, 7, 14, 1, 10, 4, 9, 2]],
  [1, 19, [3, 14, 18, 9, 13, 17, 11, 8, 1, 10, 0, 16, 12, 5, 6, 2, 15, 7, 4]],
  [1, "odd", [0, 2, 1, 6, 7, 3, 5, 8, 4]],
  [42, 2, [1, 0]],
  [42, 4, [3, 2, 1, 0]],
  [42, 5, [0, 4, 1, 3, 2]],
  [42, 12, [10, 8, 0, 9, 11, 4, 1, 6, 3, 7, 2, 5]],
  [42, 18, [10, 13, 15, 8, 12, 0, 9, 11, 4, 1, 6, 16, 3, 7, 2, 5, 14, 17]],
  [42, 19, [16, 3, 7, 5, 17, 9, 18, 4, 6, 14, 15, 13, 8, 12, 0, 10, 11, 1, 2]],
  [42, "odd", [0, 8, 3, 7, 6, 5, 2, 4, 1]],
  [4294967295, 2, [0, 1]],
  [4294967295, 4, [0, 3, 1, 2]],
  [4294967295, 5, [0, 1, 4, 3, 2]],
  [4294967295, 12, [0, 5, 1, 6, 11, 8, 4, 9, 3, 7, 10, 2]],
  [4294967295, 18, [0, 13, 5, 1, 6, 11, 12, 8, 16, 14, 4, 9, 17, 3, 7, 10, 15, 2]],
  [4294967295, 19, [13, 5, 9, 7, 10, 15, 1, 6, 2, 11, 12, 8, 14, 0, 18, 16, 3, 4, 17]],
  [4294967295, "odd", [0, 1, 7, 4, 3, 2, 5, 6, 8]],
];

describe("pythonSetOrder", () => {
  it.each(PRINTED)("is CPython's under PYTHONHASHSEED=%i, of %s names", (seed, names, order) => {
    const list = names === "odd" ? ODD : loraNames(names);
    expect(pythonSetOrder(seed)(list).map((name) => list.indexOf(name))).toEqual(order);
  });

  it("is the same each time, and leaves nobody out", () => {
    const order = pythonSetOrder(0);
    const names = loraNames(12);
    expect([...order(names)].sort()).toEqual([...names].sort());
    expect(order(names)).toEqual(pythonSetOrder(0)(names));
    expect(order([])).toEqual([]);
  });

  it.each([-1, 0.5, 2 ** 32])("refuses %d, as Python does", (seed) => {
    expect(() => pythonSetOrder(seed)).toThrow("PYTHONHASHSEED is a whole number from 0 to 4294967295");
  });
});
