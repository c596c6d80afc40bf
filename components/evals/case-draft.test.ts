import { describe, expect, it } from "vitest";
import type { SuiteCase } from "#lib/evals/browser/suite-schema.ts";
import { draftOf, inputOf } from "./case-draft.ts";

const shown: SuiteCase = {
  id: "cas_1",
  ordinal: 1,
  key: "numbers-001",
  category: "numbers",
  holdOut: true,
  tags: ["a", "b"],
  template: null,
  messages: [{ role: "user", content: "Pay." }],
  tools: [{ type: "function", function: { name: "pay", description: "", parameters: { type: "object" } } }],
  expected: {
    calls: [{ name: "pay", arguments: '{"amount":9007199254740993}' }],
    alternatives: [[]],
    reason: "said",
    matchers: { "$.at": "iso-instant" },
  },
};

describe("a prompt in its form", () => {
  it("comes back as it was, also in what the form does not show", () => {
    const { id: _id, ordinal: _ordinal, key: _key, template: _template, ...input } = shown;
    expect(inputOf(draftOf(shown))).toEqual({ input });
  });

  it("says which text is no list", () => {
    const draft = draftOf(shown);
    expect(inputOf({ ...draft, tools: "{}" })).toMatchObject({ why: { field: "tools" } });
    expect(inputOf({ ...draft, alternatives: "[" })).toMatchObject({ why: { field: "alternatives" } });
    expect(inputOf({ ...draftOf(null), tags: " , x ," })).toMatchObject({ input: { tags: ["x"], tools: [] } });
  });
});
