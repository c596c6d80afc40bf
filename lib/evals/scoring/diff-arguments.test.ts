import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { diffArguments } from "./diff-arguments.ts";
import { canonicalText, normaliseArguments } from "./normalise-arguments.ts";
import { toNode } from "./parse-arguments.ts";

const diff = (expected: unknown, actual: unknown) => diffArguments(toNode(expected), toNode(actual));

describe("diffArguments", () => {
  it.each([
    ["a changed value", { a: 1 }, { a: 2 }, [{ path: "$.a", expected: "1", actual: "2" }]],
    ["a changed type", { a: 1 }, { a: "1" }, [{ path: "$.a", expected: "1", actual: '"1"' }]],
    ["a missing key", { a: 1, b: null }, { a: 1 }, [{ path: "$.b", expected: "null", actual: null }]],
    ["an extra key", {}, { "x y": [1] }, [{ path: '$["x y"]', expected: null, actual: "[1]" }]],
    [
      "an item deep inside",
      { a: [{ b: [1, 2] }] },
      { a: [{ b: [1, 3] }] },
      [{ path: "$.a[0].b[1]", expected: "2", actual: "3" }],
    ],
    ["a longer list", { a: [1] }, { a: [1, 2] }, [{ path: "$.a[1]", expected: null, actual: "2" }]],
    ["not an object at all", {}, [], [{ path: "$", expected: "{}", actual: "[]" }]],
  ])("names %s", (_, expected, actual, differences) => {
    expect(diff(expected, actual)).toEqual(differences);
  });

  it("stops at 20 and shortens what it shows", () => {
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`k${index}`, "x".repeat(5000)]));
    const differences = diff({}, many);
    expect(differences).toHaveLength(20);
    expect(differences[0]?.actual?.length).toBeLessThan(520);
  });

  it("is empty exactly when the canonical texts are equal", () => {
    const small = fc.dictionary(fc.constantFrom("a", "b", "c"), fc.jsonValue({ maxDepth: 2 }));
    fc.assert(
      fc.property(small, small, (left, right) => {
        const [a, b] = [normaliseArguments(JSON.stringify(left)), normaliseArguments(JSON.stringify(right))];
        if (!a.ok || !b.ok) throw new Error("valid JSON");
        expect(diffArguments(a.node, b.node).length === 0).toBe(canonicalText(a.node) === canonicalText(b.node));
      }),
    );
  });
});
