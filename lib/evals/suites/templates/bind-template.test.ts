import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { starterPatterns } from "../../browser/starter-template.ts";
import { CaseInput } from "../../browser/suite-schema.ts";
import { type Pattern, PatternSchema } from "../../browser/template-schema.ts";
import type { ToolRole } from "../../browser/tools-schema.ts";
import { scoreReply } from "../../scoring/score-reply.ts";
import { parcelTools } from "../../testing/sample-tools.ts";
import { checkCase } from "../check-case.ts";
import { answerFor } from "../generator/answer-for.ts";
import { roleOf } from "../tools/role-of.ts";
import { bindTemplate } from "./bind-template.ts";
import { checkPatterns, parseText } from "./parse-pattern.ts";

const roles = Object.fromEntries(
  parcelTools.map(({ function: { name } }): [string, ToolRole] => [
    name,
    name === "book_pickup" ? "update" : roleOf(name),
  ]),
);
const acme = { tools: parcelTools, roles, seed: "acme" };
const pattern = (text: string, more: Partial<Pattern> = {}): Pattern =>
  PatternSchema.parse({ name: "p", category: "c", turns: [{ role: "user", text }], ...more });

describe("a template", () => {
  it("for a start has patterns that are sound, and gives a gateable suite for a parcel service", () => {
    expect(checkPatterns(starterPatterns)).toEqual([]);
    for (const each of starterPatterns) expect(PatternSchema.parse(each)).toEqual(each);
    const { cases, missing } = bindTemplate(starterPatterns, acme, 10);
    expect(missing).toEqual([
      { pattern: "cancel_without_which", why: expect.stringContaining("1 different prompts of 10") },
      { pattern: "lookup_without_which", why: expect.stringContaining("1 different prompts of 10") },
    ]);
    expect(cases).toHaveLength(182);
    expect(bindTemplate(starterPatterns, acme, 12).cases.length).toBeGreaterThan(200);
    expect(bindTemplate(starterPatterns, acme, 10).cases).toEqual(cases);
    expect(bindTemplate(starterPatterns, { ...acme, seed: "globex" }, 10).cases).not.toEqual(cases);
    expect(cases.filter(({ holdOut }) => holdOut)).toHaveLength(10);
    for (const evalCase of cases) {
      const { id, ordinal: _place, template, ...input } = evalCase;
      expect(template && id.startsWith(template)).toBe(true);
      expect(checkCase(CaseInput.parse(input)), id).toEqual([]);
      const { content, tool_calls } = answerFor(evalCase);
      const finish_reason = tool_calls.length === 0 ? "stop" : "tool_calls";
      expect(scoreReply({ choices: [{ message: { content, tool_calls }, finish_reason }] }, evalCase).kind).toBe(
        "match",
      );
      const said = evalCase.messages.map((message) => message.content).join("\n");
      for (const call of evalCase.expected.calls)
        for (const value of Object.values(JSON.parse(call.arguments)))
          expect(said.includes(typeof value === "string" ? value : JSON.stringify(value)), `${id}: ${said}`).toBe(true);
    }
  });

  it("says one value by its kind, and refuses tools that need more than is said", () => {
    const [one] = bindTemplate([pattern("Where is {lookup.id}? {lookup}.")], acme, 1).cases;
    expect(one?.messages.at(-1)?.content).toMatch(/^Where is "SHI-\d{4}"\? Look up one shipment\.$/);
    expect(bindTemplate([pattern("{update.id}, please.")], acme, 1)).toEqual({
      cases: [],
      missing: [{ pattern: "p", why: "book_pickup also requires pickup_at, which the pattern does not say" }],
    });
    expect(bindTemplate([pattern("{update.id} at {update.instant}")], acme, 1).cases).toHaveLength(1);
    expect(bindTemplate([pattern("{lookup.date}")], acme, 1).missing[0]?.why).toBe(
      "get_shipment has no parameter of kind date",
    );
    expect(bindTemplate([pattern("{send.details}")], acme, 1).missing[0]?.why).toBe('no tool is for "send"');
  });

  it("never asks for the same call twice in one prompt", () => {
    const { cases } = bindTemplate([pattern("{lookup.details} and {lookup#2.details}")], acme, 50);
    for (const { expected } of cases) expect(new Set(expected.calls.map((call) => call.arguments)).size).toBe(2);
  });

  it.each([
    ["{destroy.id}", "bad_slot"],
    ["{create.colour}", "bad_slot"],
    ["{}", "bad_slot"],
    ["Just do it.", "no_slot"],
  ])("%s is told as %s", (text, code) => {
    expect(checkPatterns([pattern(text)]).map((problem) => problem.code)).toContain(code);
  });

  it("ends with a question, and has names of its own", () => {
    const turns = [
      { role: "user" as const, text: "{lookup.id}" },
      { role: "assistant" as const, text: "Yes?" },
    ];
    expect(
      checkPatterns([pattern("{lookup.id}"), pattern("x", { turns })]).map(({ field, code }) => `${field} ${code}`),
    ).toEqual(["patterns.1.name name_twice", "patterns.1.turns nothing_asked"]);
  });

  it("text without slots comes back as it is, doubled braces as single ones", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const doubled = text.replaceAll("{", "{{").replaceAll("}", "}}");
        const { tokens, problems } = parseText(doubled);
        expect(problems).toEqual([]);
        expect(tokens.map((token) => ("text" in token ? token.text : "?")).join("")).toBe(text);
      }),
    );
  });
});
