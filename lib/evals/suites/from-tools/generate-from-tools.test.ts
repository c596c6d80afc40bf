import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CaseInput } from "../../browser/suite-schema.ts";
import type { EvalCase, JsonSchema, ToolDefinition } from "../../eval-case.ts";
import { findViolations } from "../../scoring/check-arguments.ts";
import { parseArguments } from "../../scoring/parse-arguments.ts";
import { scoreReply } from "../../scoring/score-reply.ts";
import { parcelTools } from "../../testing/sample-tools.ts";
import { checkCase } from "../check-case.ts";
import { answerFor } from "../generator/answer-for.ts";
import { hashOf } from "../suite-hash.ts";
import { checkTools } from "../tools/tool-rules.ts";
import { generateFromTools, toolCategories } from "./generate-from-tools.ts";

const suite = generateFromTools({ tools: parcelTools, seed: "acme", count: 200 });
const large = generateFromTools({ tools: parcelTools, seed: "acme", count: 1000 });

const reply = (evalCase: EvalCase) => {
  const { content, tool_calls } = answerFor(evalCase);
  const finish_reason = tool_calls.length === 0 ? "stop" : "tool_calls";
  return { choices: [{ message: { role: "assistant", content, tool_calls }, finish_reason }] };
};

/** Every value of a right answer, down to its parts. */
function leaves(value: unknown): unknown[] {
  if (Array.isArray(value)) return value.flatMap(leaves);
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(leaves) : [value];
}

/** A right answer keeps to its tools, and everything in it stands in the prompt. */
function expectSound(evalCase: EvalCase): void {
  const { id: _id, ordinal: _ordinal, ...input } = evalCase;
  expect(checkCase(CaseInput.parse(input)), evalCase.id).toEqual([]);
  const said = evalCase.messages.map(({ content }) => content).join("\n");
  for (const { name, arguments: text } of evalCase.expected.calls) {
    const schema = evalCase.tools.find((tool) => tool.function.name === name)?.function.parameters ?? {};
    const read = parseArguments(text);
    if (!read.ok) throw new Error(`${evalCase.id}: ${read.message}`);
    expect(findViolations(read.node, schema), `${evalCase.id} ${text}`).toEqual([]);
    for (const leaf of leaves(JSON.parse(text.replaceAll(/:(\d{16,})/g, ':"$1"'))))
      expect(
        said.includes(String(leaf)) || said.includes(JSON.stringify(leaf)),
        `${evalCase.id} does not say ${JSON.stringify(leaf)}:\n${said}`,
      ).toBe(true);
  }
  expect(scoreReply(reply(evalCase), evalCase).kind, evalCase.id).toBe("match");
}

describe("a suite over a tenant's own tools", () => {
  it("has as many prompts as asked, over at least 12 categories in turn, each different", () => {
    expect(checkTools(parcelTools, { field: "tools", isStrict: true })).toEqual([]);
    expect(suite.cases).toHaveLength(200);
    expect(suite.missing).toEqual([]);
    const counts = toolCategories.map(({ id }) => suite.cases.filter(({ category }) => category === id).length);
    expect(counts.length).toBeGreaterThanOrEqual(12);
    expect(Math.min(...counts)).toBeGreaterThanOrEqual(10);
    expect(new Set(large.cases.map(({ messages }) => JSON.stringify(messages).toLowerCase())).size).toBe(1000);
    expect(large.cases.slice(0, 200)).toEqual(suite.cases);
  });

  it("is pinned: another hash for this seed means another generator version", () => {
    expect(hashOf(suite.cases)).toMatchInlineSnapshot(
      `"8df6735e033ae6eb2a4fad700dda08182360f6d50b0adb4fa13485884bcae5ab"`,
    );
  });

  it("says every value of its right answers, keeps to the schemas, and scores its own answers as right", () => {
    for (const evalCase of large.cases) expectSound(evalCase);
  });

  it("expects no call where a detail is missing, no tool fits, or the schema forbids it, and calls elsewhere", () => {
    for (const { category, expected } of large.cases)
      expect(expected.calls.length === 0, category).toBe(
        ["missing_argument", "irrelevant_request", "schema_conflict"].includes(category),
      );
  });

  it("says what poor tools have nothing for, and ends early instead of repeating itself", () => {
    const ping: ToolDefinition = {
      type: "function",
      function: { name: "ping", description: "", parameters: { type: "object", properties: {} } },
    };
    const { cases, missing } = generateFromTools({ tools: [ping], seed: "x", count: 1000 });
    expect(missing.map(({ id }) => id)).toContain("nested_arguments");
    expect(missing.every(({ needs }) => needs !== "")).toBe(true);
    expect(cases.length).toBeLessThan(1000);
    for (const evalCase of cases) expectSound(evalCase);
  });
});

const words = fc.constantFrom(
  "id",
  "order_id",
  "customerName",
  "city",
  "note",
  "start_date",
  "endsAt",
  "amount",
  "email",
  "tags",
  "x",
);
const leaf: fc.Arbitrary<JsonSchema> = fc.oneof(
  fc.constant({ type: "string" }),
  fc.record({
    type: fc.constant("string"),
    minLength: fc.integer({ min: 0, max: 9 }),
    maxLength: fc.integer({ min: 9, max: 60 }),
  }),
  fc
    .constantFrom("date", "date-time", "email", "uri", "uuid", "time", "ipv4")
    .map((format) => ({ type: "string", format })),
  fc
    .constantFrom("^[A-Z]{2,4}-\\d{3}$", "^(a|b|cd)+$", "\\d{2}:\\d{2}")
    .map((pattern) => ({ type: "string", pattern })),
  fc
    .uniqueArray(fc.constantFrom("low", "high", "mid", "none", "auto"), { minLength: 1 })
    .map((list) => ({ type: "string", enum: list })),
  fc.record({ type: fc.constantFrom("integer", "number"), minimum: fc.integer({ min: -50, max: 50 }) }),
  fc.record({
    type: fc.constant("integer"),
    minimum: fc.integer({ min: 0, max: 5 }),
    maximum: fc.integer({ min: 5, max: 900 }),
  }),
  fc.constant({ type: "number", exclusiveMinimum: 0, maximum: 1 }),
  fc.constant({ type: "number", multipleOf: 0.25, minimum: 0, maximum: 10 }),
  fc.constant({ type: "boolean" }),
  fc.constant({ type: ["string", "null"], default: null }),
  fc.constant({ anyOf: [{ type: "null" }, { type: "integer" }] }),
  fc.constant({ $ref: "#/$defs/shared" }),
);
const schema = (depth: number): fc.Arbitrary<JsonSchema> =>
  depth === 0
    ? leaf
    : fc.oneof(
        { weight: 4, arbitrary: leaf },
        { weight: 1, arbitrary: object(depth - 1) },
        {
          weight: 1,
          arbitrary: fc.record({
            type: fc.constant("array"),
            items: schema(depth - 1),
            minItems: fc.integer({ min: 0, max: 2 }),
          }),
        },
      );
const object = (depth: number): fc.Arbitrary<JsonSchema> =>
  fc.dictionary(words, schema(depth), { maxKeys: 4, noNullPrototype: true }).chain((properties) =>
    fc.record({
      type: fc.constant("object"),
      properties: fc.constant(properties),
      required: fc.subarray(Object.keys(properties)),
      additionalProperties: fc.boolean(),
    }),
  );
const shared = { type: "object", properties: { code: { type: "string" } }, required: ["code"] };
const tools: fc.Arbitrary<ToolDefinition[]> = fc
  .uniqueArray(fc.constantFrom("create_order", "getOrder", "cancel-order", "send.mail", "list_all"), { minLength: 1 })
  .chain((names) =>
    fc.tuple(...names.map(() => object(2))).map((list) =>
      list.map((parameters, at) => ({
        type: "function" as const,
        function: {
          name: names[at] ?? "",
          description: at % 2 ? "Does a thing. And more." : "",
          parameters: { ...parameters, $defs: { shared } },
        },
      })),
    ),
  );

describe("whatever the schemas", () => {
  it("right answers keep to them and are said in the prompt", () => {
    fc.assert(
      fc.property(tools, fc.string(), (offered, seed) => {
        expect(checkTools(offered, { field: "tools", isStrict: true })).toEqual([]);
        const { cases } = generateFromTools({ tools: offered, seed, count: 40 });
        for (const evalCase of cases) expectSound(evalCase);
      }),
      { numRuns: 120 },
    );
  }, 120_000);
});
