import { describe, expect, it } from "vitest";
import { findViolations } from "./check-arguments.ts";
import { toNode } from "./parse-arguments.ts";

const schema = {
  type: "object",
  properties: {
    id: { type: "string" },
    size: { type: "string", enum: ["small", "large"] },
    count: { type: "integer", minimum: 1, maximum: 20 },
    lines: { type: "array", items: { type: "object", properties: { n: { type: "number" } }, required: ["n"] } },
    note: { type: ["string", "null"] },
  },
  required: ["id"],
  additionalProperties: false,
};

describe("findViolations", () => {
  it.each([
    ["nothing", { id: "A", size: "small", count: 20, lines: [{ n: 1.5 }], note: null }, []],
    ["a missing key", {}, ["$.id: required"]],
    ["a wrong type", { id: 1 }, ["$.id: type"]],
    ["a value outside the list", { id: "A", size: "Small" }, ["$.size: enum"]],
    ["a fraction", { id: "A", count: 1.5 }, ["$.count: integer"]],
    ["too little and too much", { id: "A", count: 0 }, ["$.count: minimum"]],
    ["too much", { id: "A", count: 21 }, ["$.count: maximum"]],
    ["a key nobody declared", { id: "A", other: 1 }, ["$.other: additionalProperties"]],
    [
      "something deep inside",
      { id: "A", lines: [{ n: 1 }, {}, { n: "1" }] },
      ["$.lines[1].n: required", "$.lines[2].n: type"],
    ],
    ["not an object", [], ["$: type"]],
  ])("finds %s", (_, value, violations) => {
    expect(findViolations(toNode(value), schema)).toEqual(violations);
  });

  it("takes 3.0 for an integer", () => {
    expect(findViolations({ lexeme: "3.0", exact: false }, { type: "integer" })).toEqual([]);
  });
});
