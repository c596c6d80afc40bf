import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { EvalCase } from "../../eval-case.ts";
import { findViolations } from "../../scoring/check-arguments.ts";
import { schemaOfTool } from "../../scoring/compare-call.ts";
import { parseArguments } from "../../scoring/parse-arguments.ts";
import { scoreReply } from "../../scoring/score-reply.ts";
import { hasDefault, propertiesOf } from "../../scoring/tool-schema.ts";
import { answerFor } from "../generator/answer-for.ts";
import { importBfcl } from "./import-bfcl.ts";

type Call = { name: string; arguments: string };
const verdict = (evalCase: EvalCase, calls: readonly Call[]) => {
  const toolCalls = calls.map((call) => ({ type: "function", function: call }));
  const reply = {
    choices: [
      { message: { content: null, tool_calls: toolCalls }, finish_reason: calls.length === 0 ? "stop" : "tool_calls" },
    ],
  };
  return scoreReply(reply, evalCase).kind;
};
const preferred = (evalCase: EvalCase): Call[] => answerFor(evalCase).tool_calls.map((call) => call.function);

/** Every way to answer one call of a case that differs from the preferred one in one argument. */
function variants(evalCase: EvalCase): Call[][] {
  const calls = preferred(evalCase);
  return evalCase.expected.calls.flatMap((expected, at) =>
    Object.entries(expected.accepts ?? {}).flatMap(([param, accepted]) =>
      accepted.values.map((value) => {
        const args: Record<string, unknown> = JSON.parse(expected.arguments);
        return calls.with(at, {
          name: expected.name,
          arguments: JSON.stringify({ ...args, [param]: JSON.parse(value) }),
        });
      }),
    ),
  );
}

/** The same content as JSON's other types have it; an answer key accepts none of these. */
const ofOtherTypes = (value: unknown): unknown[] =>
  [[value], { value }, JSON.stringify(value), typeof value === "boolean" ? Number(value) : true].filter(
    (other) => !Array.isArray(value) || !Array.isArray(other),
  );

const line = (value: unknown) => JSON.stringify(value);
const made = (more: { question?: unknown; id?: string } = {}) =>
  line({
    id: "q_0",
    question: [[{ role: "user", content: "Book it." }]],
    function: [
      {
        name: "trip.book",
        description: "Book.",
        parameters: {
          type: "dict",
          properties: {
            price: { type: "float" },
            route: { type: "tuple", items: { type: "any" } },
            opts: { type: "dict", properties: { n: { type: "integer", default: 1 } } },
          },
          required: ["price"],
        },
      },
    ],
    ...more,
  });
const key = (params: unknown) => line({ id: "q_0", ground_truth: [{ "trip.book": params }] });

describe("importBfcl", () => {
  it("turns Python types into JSON Schema's and lists into accepted values", () => {
    const { cases } = importBfcl({
      category: "made",
      questions: made(),
      answers: key({ price: [5, 5.5], route: ["", ["a", 1]] }),
    });
    expect(cases[0]).toMatchObject({
      id: "q_0",
      ordinal: 1,
      category: "made",
      messages: [{ role: "user", content: "Book it." }],
    });
    expect(cases[0]?.tools[0]?.function.parameters).toEqual({
      type: "object",
      properties: {
        price: { type: "number" },
        route: { type: "array", items: {} },
        opts: { type: "object", properties: { n: { type: "integer", default: 1 } } },
      },
      required: ["price"],
    });
    expect(cases[0]?.expected.calls).toEqual([
      {
        name: "trip.book",
        arguments: '{"price":5}',
        accepts: { price: { values: ["5", "5.5"], mayOmit: false }, route: { values: ['["a",1]'], mayOmit: true } },
      },
    ]);
  });

  it("multiplies out the lists inside a dictionary, and leaves out what may be left out", () => {
    const { cases } = importBfcl({
      category: "made",
      questions: made(),
      answers: key({ opts: [{ a: [1, 2], b: ["x", ""] }] }),
    });
    expect(cases[0]?.expected.calls[0]?.accepts?.opts?.values).toEqual([
      '{"a":1,"b":"x"}',
      '{"a":1}',
      '{"a":2,"b":"x"}',
      '{"a":2}',
    ]);
  });

  it("keeps the digits of a big integer", () => {
    const answers = '{"id":"q_0","ground_truth":[{"trip.book":{"price":[12345678901234567890]}}]}';
    expect(importBfcl({ category: "made", questions: made(), answers }).cases[0]?.expected.calls[0]?.arguments).toBe(
      '{"price":12345678901234567890}',
    );
  });

  it.each([
    [
      "several turns",
      made({ question: [[{ role: "user", content: "a" }], [{ role: "user", content: "b" }]] }),
      key({}),
      "has 2 turns, one is supported",
    ],
    ["no answer key", made({ id: "q_1" }), key({}), "has no answer key"],
    [
      "an unknown function",
      made(),
      line({ id: "q_0", ground_truth: [{ fly: {} }] }),
      "the answer key calls fly, which is not among the functions",
    ],
    [
      "two functions in one call",
      made(),
      line({ id: "q_0", ground_truth: [{ a: {}, b: {} }] }),
      "a call of the answer key does not name exactly one function",
    ],
    [
      "a key that multiplies without end",
      made(),
      key({ opts: [Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`k${at}`, [1, 2]]))] }),
      "argument opts has more than 256 spellings",
    ],
  ])("refuses %s and says so", (_, questions, answers, reason) => {
    const result = importBfcl({ category: "made", questions, answers });
    expect(result.cases).toEqual([]);
    expect(result.refused.map((refused) => refused.reason)).toEqual([reason]);
  });

  it("throws on a line that is no question", () => {
    expect(() => importBfcl({ category: "made", questions: "{" })).toThrow(SyntaxError);
    expect(() => importBfcl({ category: "made", questions: "{}" })).toThrow();
  });
});

/** Real questions of the leaderboard lie beside the project where the team keeps shared data; they are not ours to copy. */
const folder = new URL("../../../../../shared/data/bfcl/", import.meta.url);
const read = (name: string) => readFileSync(new URL(name, folder), "utf8");

describe.skipIf(!existsSync(folder))("real questions of the leaderboard", () => {
  const keyed = ["simple_python", "multiple", "parallel"].map(
    (category) =>
      [
        category,
        () =>
          importBfcl({ category, questions: read(`${category}.jsonl`), answers: read(`${category}.answers.jsonl`) }),
      ] as const,
  );

  it.each(keyed)("%s: imports every question", (_, load) => {
    const { cases, refused } = load();
    expect(refused).toEqual([]);
    expect(cases.length).toBeGreaterThanOrEqual(199);
    for (const evalCase of cases)
      for (const call of evalCase.expected.calls) {
        const schema = evalCase.tools.find((tool) => tool.function.name === call.name)?.function.parameters ?? {};
        const parsed = parseArguments(call.arguments);
        expect(parsed.ok && findViolations(parsed.node, schema), evalCase.id).toEqual([]);
      }
  });

  it.each(keyed)("%s: passes every answer that the key accepts, in any order", (_, load) => {
    for (const evalCase of load().cases) {
      expect(verdict(evalCase, preferred(evalCase)), evalCase.id).toBe("match");
      expect(verdict(evalCase, preferred(evalCase).toReversed()), evalCase.id).toBe("match");
      for (const calls of variants(evalCase))
        expect(verdict(evalCase, calls), `${evalCase.id} ${line(calls)}`).toBe("match");
    }
  });

  it.each(keyed)("%s: rejects another name, another value, an extra key, a lost call and one too many", (_, load) => {
    for (const evalCase of load().cases) {
      const calls = preferred(evalCase);
      const [first, ...rest] = calls;
      if (first === undefined) throw new Error(`${evalCase.id} expects no call`);
      const args: Record<string, unknown> = JSON.parse(first.arguments);
      expect(verdict(evalCase, [{ ...first, name: first.name.toUpperCase() }, ...rest]), evalCase.id).toBe(
        "wrong_name",
      );
      expect(verdict(evalCase, [{ ...first, arguments: line({ ...args, unasked: 1 }) }, ...rest]), evalCase.id).toBe(
        "wrong_arguments",
      );
      expect(verdict(evalCase, [{ ...first, arguments: `${first.arguments},` }, ...rest]), evalCase.id).toBe(
        "parse_error",
      );
      expect(verdict(evalCase, rest), evalCase.id).toBe("missing_call");
      expect(verdict(evalCase, [...calls, first]), evalCase.id).toBe("unexpected_call");
      for (const param of Object.keys(args)) {
        const changed = { ...first, arguments: line({ ...args, [param]: "something else entirely" }) };
        expect(verdict(evalCase, [changed, ...rest]), `${evalCase.id} ${param}`).toBe("wrong_arguments");
      }
    }
  });

  it.each(keyed)(
    "%s: rejects what is required and missing, a value of another type, and a number in quotes",
    (_, load) => {
      const counts = { missing: 0, typed: 0, quoted: 0 };
      for (const evalCase of load().cases) {
        const calls = preferred(evalCase);
        for (const [at, { name, arguments: text }] of calls.entries()) {
          const args: Record<string, unknown> = JSON.parse(text);
          const accepts = evalCase.expected.calls[at]?.accepts ?? {};
          const schema = schemaOfTool(evalCase, name);
          const answered = (changed: unknown) => verdict(evalCase, calls.with(at, { name, arguments: line(changed) }));
          for (const [param, value] of Object.entries(args)) {
            const where = `${evalCase.id} ${param}`;
            const { [param]: _left, ...without } = args;
            // left out is the same as the schema's default, if that is what was expected
            if (accepts[param]?.mayOmit) expect(answered(without), where).toBe("match");
            else if (!hasDefault(propertiesOf(schema)[param] ?? {})) {
              expect(answered(without), where).toBe("wrong_arguments");
              counts.missing += 1;
            }
            for (const other of ofOtherTypes(value)) {
              expect(answered({ ...args, [param]: other }), `${where} ${line(other)}`).toBe("wrong_arguments");
              counts.typed += 1;
            }
            if (typeof value !== "number") continue;
            expect(answered({ ...args, [param]: String(value) }), `${where} in quotes`).toBe("wrong_arguments");
            counts.quoted += 1;
          }
        }
      }
      expect(Math.min(counts.missing, counts.typed, counts.quoted)).toBeGreaterThan(50);
    },
  );

  it("irrelevance: passes silence and rejects any call", () => {
    const { cases, refused } = importBfcl({ category: "irrelevance", questions: read("irrelevance.jsonl") });
    expect(refused).toEqual([]);
    expect(cases.length).toBeGreaterThanOrEqual(239);
    for (const evalCase of cases) {
      expect(verdict(evalCase, [])).toBe("match");
      for (const tool of evalCase.tools)
        expect(verdict(evalCase, [{ name: tool.function.name, arguments: "{}" }])).toBe("unexpected_call");
    }
  });
});
