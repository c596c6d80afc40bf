import fc from "fast-check";
import { expect, it } from "vitest";
import { diffOf } from "./diff-of.ts";

it("tells what differs, by path and as short text", () => {
  const before = { name: "Tiny", limits: { maxLoras: 4, maxCpuLoras: 8 }, gone: true, same: [1] };
  const after = { name: "Tiny 2", limits: { maxLoras: 6, maxCpuLoras: 8 }, come: "x".repeat(500), same: [1] };
  expect(diffOf(before, after)).toEqual([
    { field: "name", before: "Tiny", after: "Tiny 2" },
    { field: "limits.maxLoras", before: "4", after: "6" },
    { field: "gone", before: "true", after: null },
    { field: "come", before: null, after: `${"x".repeat(160)}…` },
  ]);
});

it("takes what was created or removed for fields that came or went", () => {
  expect(diffOf(null, { slug: "acme" })).toEqual([{ field: "slug", before: null, after: "acme" }]);
  expect(diffOf({ slug: "acme" }, null)).toEqual([{ field: "slug", before: "acme", after: null }]);
  expect(diffOf("10", "20")).toEqual([{ field: "value", before: "10", after: "20" }]);
});

it("finds nothing in the same, and something in whatever differs", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
      expect(diffOf(one, one)).toEqual([]);
      expect(diffOf(one, other).map(({ field }) => field)).toEqual(
        diffOf(other, one)
          .map(({ field }) => field)
          .sort(byOrderIn(one, other)),
      );
    }),
  );
});

/** The same fields in whatever order: who is first depends on the side that is looked at first. */
const byOrderIn = (one: unknown, other: unknown) => {
  const order = diffOf(one, other).map(({ field }) => field);
  return (a: string, b: string) => order.indexOf(a) - order.indexOf(b);
};
