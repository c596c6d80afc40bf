import { describe, expect, it } from "vitest";
import type { JsonSchema, ToolDefinition } from "../../eval-case.ts";
import { checkTools } from "./tool-rules.ts";

const tool = (name: string, parameters: JsonSchema = { type: "object", properties: {} }): ToolDefinition => ({
  type: "function",
  function: { name, description: "", parameters },
});
const codes = (tools: readonly ToolDefinition[], isStrict = true) =>
  checkTools(tools, { field: "tools", isStrict }).map(({ field, code }) => `${field} ${code}`);
const one = (schema: JsonSchema, isStrict = true) =>
  codes([tool("t", { type: "object", properties: { a: schema } })], isStrict).map((line) =>
    line.replace("tools.0.function.parameters.", ""),
  );
const nested = (depth: number): JsonSchema =>
  depth === 0 ? { type: "string" } : { type: "object", properties: { a: nested(depth - 1) } };

describe("tools", () => {
  it("that are sound are taken as they are", () => {
    const address = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
    expect(
      codes([
        tool("book.trip", {
          type: "object",
          properties: {
            to: { $ref: "#/$defs/address" },
            seats: { type: "integer", minimum: 1, maximum: 9 },
            class: { type: ["string", "null"], enum: ["first", "second", null] },
            code: { type: "string", pattern: "^[A-Z]{3}$" },
            extras: { type: "array", items: { anyOf: [{ type: "string" }, { type: "number" }] }, uniqueItems: true },
          },
          required: ["to"],
          additionalProperties: false,
          $defs: { address },
        }),
        tool("cancel_trip"),
      ]),
    ).toEqual([]);
  });

  it("each rule names its field", () => {
    expect(codes([tool("a"), tool("a")])).toEqual(["tools.1.function.name duplicate_tool"]);
    expect(codes([tool("no spaces")])).toEqual(["tools.0.function.name bad_tool_name"]);
    expect(codes(Array.from({ length: 129 }, (_, at) => tool(`t${at}`)))).toEqual(["tools too_many_tools"]);
    expect(codes([tool("t", { type: "array" })])).toEqual(["tools.0.function.parameters.type not_an_object"]);
  });

  it.each<[string, JsonSchema]>([
    ["properties.a.$ref remote_ref", { $ref: "https://example.com/schema.json" }],
    ["properties.a.$ref remote_ref", { $ref: "other.json#/a" }],
    ["properties.a.$ref dangling_ref", { $ref: "#/$defs/none" }],
    ["properties.a.pattern unsafe_pattern", { type: "string", pattern: "(a+)+$" }],
    ["properties.a.type unknown_type", { type: "date" }],
    ["properties.a.enum bad_enum", { enum: [] }],
    ["properties.a.minimum limits_crossed", { type: "number", minimum: 2, maximum: 1 }],
    ["properties.a.maxLength bad_limit", { type: "string", maxLength: -1 }],
    ["properties.a.required required_unknown", { type: "object", properties: {}, required: ["x"] }],
    ["properties.a.patternProperties unknown_keyword", { type: "object", patternProperties: {} }],
    ["properties.a.items not_a_schema", { type: "array", items: "string" }],
  ])("%s", (expected, schema) => expect(one(schema)).toEqual([expected]));

  it("a file's unknown keywords are passed over, its dangers are not", () => {
    expect(one({ type: "string", optional: true }, false)).toEqual([]);
    expect(one({ $ref: "file:///etc/passwd" }, false)).toEqual(["properties.a.$ref remote_ref"]);
  });

  it("nesting, size and circles have an end", () => {
    expect(one(nested(9))).toEqual([]);
    expect(one(nested(1000))).toEqual([expect.stringMatching(/ schema_too_deep$/)]);
    expect(one({ description: "x".repeat(70_000) })).toEqual(["tools.0.function.parameters schema_too_large"]);
    const circle = {
      type: "object",
      properties: { a: { $ref: "#/$defs/n" } },
      $defs: { n: { type: "object", properties: { next: { $ref: "#/$defs/n" } } } },
    };
    expect(codes([tool("t", circle)])).toEqual(["tools.0.function.parameters.$ref ref_circle"]);
    const doubling = Object.fromEntries(
      Array.from({ length: 24 }, (_, at) => [
        `d${at}`,
        { type: "object", properties: { l: { $ref: `#/$defs/d${at + 1}` }, r: { $ref: `#/$defs/d${at + 1}` } } },
      ]),
    );
    const bomb = {
      type: "object",
      properties: { a: { $ref: "#/$defs/d0" } },
      $defs: { ...doubling, d24: { type: "string" } },
    };
    expect(codes([tool("t", bomb)])).toEqual(["tools.0.function.parameters schema_too_large"]);
  });
});
