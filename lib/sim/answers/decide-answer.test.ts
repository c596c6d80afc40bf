import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decideAnswer, type Question } from "./decide-answer.ts";
import { ScenarioSchema } from "./scenario.ts";

const TOOLS = ["refund", "cancel", "lookup"].map((name) => ({
  function: { name, parameters: { type: "object", properties: { id: { type: "string" } }, required: ["id"] } },
}));
const PROMPTS = Array.from({ length: 400 }, (_, at) => `prompt-${at}`);
const answerOf = (prompt: string) => ({ name: "refund", arguments: `{"id":"${prompt}"}` });

const scenario = (digests: object) =>
  ScenarioSchema.parse({
    version: 1,
    answers: Object.fromEntries(
      PROMPTS.map((prompt, at) => [
        prompt,
        at % 10 === 0
          ? { category: "irrelevant", calls: [], text: "I cannot do that." }
          : { category: at % 2 === 0 ? "dates" : "plain", calls: [answerOf(prompt)] },
      ]),
    ),
    digests,
  });

const question = (more: Partial<Question>): Question => ({
  scenario: scenario({}),
  digest: "d".repeat(64),
  promptHash: "prompt-1",
  tools: TOOLS,
  toolChoice: { kind: "auto" },
  temperature: 0,
  seed: null,
  nonce: 1,
  ...more,
});

/** Prompts answered as the key says. */
function rightOnes(more: Partial<Question>): Set<string> {
  const base = question(more);
  return new Set(
    PROMPTS.filter((promptHash) => {
      const reply = decideAnswer({ ...base, promptHash });
      return JSON.stringify(reply.calls) === JSON.stringify(base.scenario.answers[promptHash]?.calls);
    }),
  );
}

describe("decideAnswer", () => {
  it("follows the key for an adapter that is not listed, the base model less well", () => {
    expect(rightOnes({}).size).toBe(PROMPTS.length);
    expect(rightOnes({ digest: null }).size / PROMPTS.length).toBeCloseTo(0.55, 1);
    expect(decideAnswer(question({ promptHash: "prompt-10" }))).toEqual({ calls: [], text: "I cannot do that." });
  });

  it("is wrong for a share of 1 - skill, the same prompts every time", () => {
    const digest = "a".repeat(64);
    const weak = { scenario: scenario({ [digest.slice(0, 12)]: { skill: 0.9 } }), digest };
    expect(rightOnes(weak).size / PROMPTS.length).toBeCloseTo(0.9, 1);
    expect(rightOnes(weak)).toEqual(rightOnes({ ...weak, nonce: 99, temperature: 1, seed: 5 }));
  });

  it("nests right answers under one salt", () => {
    const digests = { a: { skill: 0.9, salt: "acme" }, b: { skill: 0.95, salt: "acme" } };
    const [weak, strong] = ["a", "b"].map((digest) => rightOnes({ scenario: scenario(digests), digest }));
    expect([...(weak ?? [])].every((prompt) => strong?.has(prompt))).toBe(true);
    expect(strong?.size).toBeGreaterThan(weak?.size ?? 0);
  });

  it("never gets a broken category right", () => {
    const broken = { scenario: scenario({ a: { brokenCategories: ["dates"] } }), digest: "a" };
    const dates = PROMPTS.filter((prompt) => broken.scenario.answers[prompt]?.category === "dates");
    expect(dates.filter((prompt) => rightOnes(broken).has(prompt))).toEqual([]);
    expect(rightOnes(broken).size).toBe(PROMPTS.length - dates.length);
  });

  it("flips flaky prompts by request when greedy and by seed when sampled", () => {
    const flaky = { scenario: scenario({ a: { flake: 0.5 } }), digest: "a" };
    expect(rightOnes({ ...flaky, nonce: 1 })).not.toEqual(rightOnes({ ...flaky, nonce: 2 }));
    const sampled = (seed: number, nonce: number) => rightOnes({ ...flaky, temperature: 0.8, seed, nonce });
    expect(sampled(1, 1)).toEqual(sampled(1, 2));
    expect(sampled(1, 1)).not.toEqual(sampled(2, 1));
    expect(rightOnes(flaky).size / PROMPTS.length).toBeCloseTo(0.75, 1);
  });

  it("is wrong in more than one way", () => {
    const broken = { scenario: scenario({ a: { skill: 0 } }), digest: "a" };
    const replies = PROMPTS.map((promptHash) => decideAnswer(question({ ...broken, promptHash })));
    expect(rightOnes(broken).size).toBe(0);
    expect(new Set(replies.map((reply) => reply.calls[0]?.name)).size).toBeGreaterThanOrEqual(3);
    expect(replies.some((reply) => reply.calls.length === 0)).toBe(true);
    expect(replies.some((reply) => reply.calls[0]?.arguments.includes("(unverified)"))).toBe(true);
  });

  it("answers an unknown prompt alike under every adapter, with valid calls", () => {
    fc.assert(
      fc.property(fc.string(), (promptHash) => {
        const unknown = question({ promptHash: `unknown ${promptHash}` });
        const reply = decideAnswer(unknown);
        expect(decideAnswer({ ...unknown, digest: "other", nonce: 3, temperature: 1, seed: 9 })).toEqual(reply);
        expect(TOOLS.map((tool) => tool.function.name)).toContain(reply.calls[0]?.name);
        expect(JSON.parse(reply.calls[0]?.arguments ?? "")).toEqual({ id: expect.any(String) });
      }),
    );
    expect(decideAnswer(question({ promptHash: "x", toolChoice: { kind: "none" } })).calls).toEqual([]);
    expect(decideAnswer(question({ promptHash: "x", tools: [] })).text).not.toBe("");
    const named = decideAnswer(question({ promptHash: "x", toolChoice: { kind: "named", name: "lookup" } }));
    expect(named.calls[0]?.name).toBe("lookup");
  });
});
