import { describe, expect, it } from "vitest";
import { mergeTimeline } from "./merge-timeline.ts";

const at = (...minutes: number[]) =>
  minutes.map((minute) => ({ at: `2026-11-24T10:${String(minute).padStart(2, "0")}:00.000Z` }));
const minutes = (items: readonly { at: string }[]) => items.map((item) => Number(item.at.slice(14, 16)));

describe("mergeTimeline", () => {
  it("puts both lists in one order", () => {
    expect(minutes(mergeTimeline({ items: at(9, 3), hasMore: false }, { items: at(7, 1), hasMore: false }))).toEqual([
      9, 7, 3, 1,
    ]);
  });

  it("holds back what may have unread entries of the other list between it", () => {
    expect(minutes(mergeTimeline({ items: at(9, 5), hasMore: true }, { items: at(7, 1), hasMore: false }))).toEqual([
      9, 7, 5,
    ]);
    expect(minutes(mergeTimeline({ items: at(9, 5), hasMore: true }, { items: at(7, 6), hasMore: true }))).toEqual([
      9, 7, 6,
    ]);
  });

  it("shows one list while the other has not come", () => {
    expect(minutes(mergeTimeline({ items: undefined, hasMore: false }, { items: at(7), hasMore: false }))).toEqual([7]);
  });
});
