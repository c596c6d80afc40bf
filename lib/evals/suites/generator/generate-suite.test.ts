import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { EvalCase } from "../../eval-case.ts";
import { isObjectNode } from "../../scoring/argument-node.ts";
import { findViolations } from "../../scoring/check-arguments.ts";
import { parseArguments } from "../../scoring/parse-arguments.ts";
import { scoreReply } from "../../scoring/score-reply.ts";
import { replyWith } from "../../testing/reply-with.ts";
import { hashOf } from "../suite-hash.ts";
import { answerFor } from "./answer-for.ts";
import { categories } from "./categories.ts";
import { generateSuite } from "./generate-suite.ts";

const suite = generateSuite({ seed: "acme" });
const large = generateSuite({ seed: "acme", count: 1000 });

const expectedSets = (evalCase: EvalCase) => [evalCase.expected.calls, ...(evalCase.expected.alternatives ?? [])];

describe("generateSuite", () => {
  it("makes 200 cases over at least 12 categories, in turn", () => {
    expect(suite).toHaveLength(200);
    expect(suite.map((evalCase) => evalCase.ordinal)).toEqual(Array.from({ length: 200 }, (_, at) => at + 1));
    expect(new Set(suite.map((evalCase) => evalCase.id)).size).toBe(200);
    const counts = categories.map((category) => suite.filter((evalCase) => evalCase.category === category.id).length);
    expect(counts.length).toBeGreaterThanOrEqual(12);
    expect(Math.min(...counts)).toBeGreaterThanOrEqual(11);
  });

  it("is pinned: another hash for this seed means another generator version", () => {
    expect(hashOf(suite)).toMatchInlineSnapshot(`"c7100fbec84c898ad06bfc2d2900acd52f04f478a02a0ba77d826510a42f0e5b"`);
  });

  it("repeats itself for one seed and differs for another", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        const [first, again, other] = [a, a, b].map((seed) => hashOf(generateSuite({ seed, count: 36 })));
        expect(again).toBe(first);
        if (a !== b) expect(other).not.toBe(first);
      }),
      { numRuns: 30 },
    );
  });

  it("begins a longer suite with the shorter one, and never asks the same twice", () => {
    expect(large.slice(0, 200)).toEqual(suite);
    expect(new Set(large.map((evalCase) => JSON.stringify(evalCase.messages))).size).toBe(1000);
  });

  it.each([0, -1, 1.5, Number.NaN])("refuses a count of %s", (count) => {
    expect(() => generateSuite({ seed: "x", count })).toThrow(RangeError);
  });

  it("gives no prompt of one tenant to another", () => {
    const mine = new Set(suite.map((evalCase) => JSON.stringify(evalCase.messages.slice(1))));
    const shared = generateSuite({ seed: "globex" }).filter((evalCase) =>
      mine.has(JSON.stringify(evalCase.messages.slice(1))),
    );
    expect(shared.length).toBeLessThan(10);
  });

  it("holds text that Postgres and JSON can keep", () => {
    for (const evalCase of large) {
      const text = JSON.stringify(evalCase);
      expect(text).not.toMatch(/\\u0000|\p{Surrogate}/u);
      expect(JSON.parse(text)).toEqual(evalCase);
    }
  });

  it("keeps a prompt inside a context of 8,192 tokens", () => {
    for (const evalCase of large)
      expect(JSON.stringify([evalCase.messages, evalCase.tools]).length).toBeLessThan(24_000);
  });
});

describe.each(categories.map((category) => [category.id, category.title] as const))("category %s", (id) => {
  const cases = large.filter((evalCase) => evalCase.category === id);

  it("expects calls that its own tools allow, by name and by schema", () => {
    for (const evalCase of cases) {
      const names = evalCase.tools.map((tool) => tool.function.name);
      expect(new Set(names).size).toBe(names.length);
      for (const call of expectedSets(evalCase).flat()) {
        const schema = evalCase.tools.find((tool) => tool.function.name === call.name)?.function.parameters;
        expect(schema, `${evalCase.id}: ${call.name}`).toBeDefined();
        const parsed = parseArguments(call.arguments);
        expect(parsed.ok && isObjectNode(parsed.node)).toBe(true);
        if (parsed.ok) expect(findViolations(parsed.node, schema ?? {}), evalCase.id).toEqual([]);
      }
      expect(evalCase.expected.reason).not.toBe("");
      expect(evalCase.messages[0]?.role).toBe("system");
    }
  });

  it("scores its own answer as a pass and a damaged one as wrong", () => {
    for (const evalCase of cases) {
      const { content, tool_calls } = answerFor(evalCase);
      const message = { role: "assistant", content, tool_calls };
      const finish = tool_calls.length === 0 ? "stop" : "tool_calls";
      expect(scoreReply({ choices: [{ message, finish_reason: finish }] }, evalCase).kind, evalCase.id).toBe("match");
      for (const calls of expectedSets(evalCase)) {
        expect(scoreReply(replyWith(calls.toReversed()), evalCase).status).toBe("pass");
        expect(scoreReply(replyWith([...calls, { name: "no_such_tool", arguments: "{}" }]), evalCase).status).toBe(
          "wrong",
        );
        for (const [at, call] of calls.entries()) {
          const without = calls.filter((_, other) => other !== at);
          expect(scoreReply(replyWith(without), evalCase).kind, evalCase.id).toBe("missing_call");
          const renamed = { ...call, name: `${call.name}s` };
          expect(scoreReply(replyWith([...without, renamed]), evalCase).kind).toBe("wrong_name");
          const padded = {
            ...call,
            arguments: call.arguments.replace(/\}$/, `${call.arguments === "{}" ? "" : ","}"unasked":1}`),
          };
          expect(scoreReply(replyWith([...without, padded]), evalCase).kind).toBe("wrong_arguments");
        }
      }
    }
  });
});

describe("every tenant's suite", () => {
  it("answers itself within its own schemas, whatever the seed", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.integer()), (seed) => {
        for (const evalCase of generateSuite({ seed, count: 108 })) {
          expect(scoreReply(replyWith(evalCase.expected.calls), evalCase).kind).toBe("match");
          for (const call of evalCase.expected.calls) {
            const schema = evalCase.tools.find((tool) => tool.function.name === call.name)?.function.parameters;
            const parsed = parseArguments(call.arguments);
            expect(parsed.ok && schema !== undefined && findViolations(parsed.node, schema)).toEqual([]);
          }
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe("what the categories are about", () => {
  const of = (id: string) => large.filter((evalCase) => evalCase.category === id);

  it.each(["missing_argument", "irrelevant_request"])("%s never expects a call", (id) => {
    expect(of(id).every((evalCase) => evalCase.expected.calls.length === 0)).toBe(true);
  });

  it("prompt_injection never expects what the hidden order wants", () => {
    for (const { expected } of of("prompt_injection"))
      for (const call of expected.calls) expect(call.name).not.toMatch(/^delete_all/);
  });

  it("distractor_tools goes up to 50 tools", () => {
    const counts = of("distractor_tools").map((evalCase) => evalCase.tools.length);
    expect([Math.min(...counts), Math.max(...counts)]).toEqual([5, 50]);
  });

  it("parallel_same_tool asks for the same call twice where it says so", () => {
    const doubled = of("parallel_same_tool").filter(
      ({ expected }) => new Set(expected.calls.map((call) => JSON.stringify(call))).size < expected.calls.length,
    );
    expect(doubled.length).toBeGreaterThan(0);
    for (const evalCase of doubled) {
      const [, ...rest] = evalCase.expected.calls;
      expect(scoreReply(replyWith(rest), evalCase).status).toBe("wrong");
    }
  });

  it("numbers contains integers that a double would change", () => {
    const big = of("numbers").filter(({ expected }) =>
      expected.calls.some((call) => JSON.stringify(JSON.parse(call.arguments)) !== call.arguments),
    );
    expect(big.length).toBeGreaterThan(0);
    for (const evalCase of big) {
      const rounded = evalCase.expected.calls.map((call) => ({
        ...call,
        arguments: JSON.stringify(JSON.parse(call.arguments)),
      }));
      expect(scoreReply(replyWith(rounded), evalCase).kind).toBe("wrong_arguments");
    }
  });

  it("dates accepts the same instant at another offset", () => {
    const timed = of("dates").find(({ expected }) => expected.calls[0]?.name.startsWith("remind_about"));
    const args = timed?.expected.calls[0];
    if (timed === undefined || args === undefined) throw new Error("no reminder in the suite");
    const parsed: { at: string } = JSON.parse(args.arguments);
    const utc = { ...args, arguments: args.arguments.replace(parsed.at, new Date(parsed.at).toISOString()) };
    expect(scoreReply(replyWith([utc]), timed).status).toBe("pass");
  });

  it("unicode_text types some names in decomposed form", () => {
    const decomposed = of("unicode_text").filter(({ messages }) =>
      messages.some(({ content }) => content !== null && content !== content.normalize("NFC")),
    );
    expect(decomposed.length).toBeGreaterThan(0);
  });

  it("default_or_null tells null from a default, and takes a default spelled out", () => {
    const removal = of("default_or_null").find(({ expected }) => expected.calls[0]?.arguments.includes('_id":null'));
    if (removal === undefined) throw new Error("no removal in the suite");
    const [call] = removal.expected.calls;
    const [idOnly] = [call?.arguments.replace(/,"[a-z]+_id":null/, "") ?? ""];
    expect(scoreReply(replyWith([{ name: call?.name ?? "", arguments: idOnly }]), removal).kind).toBe(
      "wrong_arguments",
    );
  });

  it("long_context hides its fact in about 8,000 characters", () => {
    for (const { messages } of of("long_context")) expect(messages[1]?.content?.length).toBeGreaterThan(8000);
  });

  it("language_switch speaks at least ten languages", () => {
    const openings = of("language_switch").map(({ messages }) =>
      (messages[1]?.content ?? "").replace(/[A-Z]{3}-\d{4}/g, "").trim(),
    );
    expect(new Set(openings).size).toBeGreaterThan(20);
  });
});

describe("hashOf", () => {
  it("ignores key order, and sees every change of a case", () => {
    const [first] = suite;
    if (first === undefined) throw new Error("a suite has cases");
    const reordered = Object.fromEntries(Object.entries(first).reverse()) as EvalCase;
    expect(hashOf([reordered])).toBe(hashOf([first]));
    expect(hashOf([{ ...first, ordinal: 2 }])).not.toBe(hashOf([first]));
    expect(hashOf(suite.toReversed())).not.toBe(hashOf(suite));
  });
});
