import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NodeError } from "#lib/vllm/node-client.ts";
import { type CompletionReply, CompletionReplySchema } from "#lib/vllm/schema.ts";
import { recorded } from "#lib/vllm/testdata/recorded.ts";
import { decideProbe, isNotANumber, NOT_A_NUMBER, PROBE_PROMPTS, type ProbeReading, readProbe } from "./load-probe.ts";

const AT = new Date("2026-11-24T10:00:00.000Z");
const BASE = "switchyard/tiny-llama";
const NAME = "acme--support-bot--v1-000000000001";

/** The same numbers at each position, moved by `shift`. */
const reading = (model: string, shift = 0, positions = PROBE_PROMPTS.length): ProbeReading => ({
  model,
  positions: Array.from(
    { length: positions },
    () =>
      new Map([
        ["token_id:1", -1 + shift],
        ["token_id:2", -2],
      ]),
  ),
});
const decide = (adapter: ProbeReading | typeof NOT_A_NUMBER, before = reading(BASE), after = reading(BASE)) =>
  decideProbe(NAME, adapter, [before, after], AT);

/** A recorded reply to three prompts, stretched to as many as the probe asks. */
const real = (name: string): ProbeReading => {
  const reply = CompletionReplySchema.parse(JSON.parse(recorded("probe", name).body));
  const choices = PROBE_PROMPTS.flatMap((_, index): CompletionReply["choices"] => {
    const choice = reply.choices[index % reply.choices.length];
    return choice ? [{ ...choice, index }] : [];
  });
  return readProbe({ ...reply, choices });
};

describe("decideProbe", () => {
  it("asks for the next token after 16 different beginnings", () => {
    expect(new Set(PROBE_PROMPTS).size).toBe(16);
  });

  it("proves an adapter that changes answers", () => {
    expect(decide(reading(NAME, 0.5))).toMatchObject({ outcome: "effect", adapterDelta: 0.5, noiseDelta: 0 });
  });

  it("fails an adapter that changes nothing", () => {
    expect(decide(reading(NAME)).outcome).toBe("no_effect");
    expect(decide(reading(NAME, 0.00005)).outcome).toBe("no_effect");
  });

  it("needs five times the engine's own noise", () => {
    expect(decide(reading(NAME, 0.04), reading(BASE), reading(BASE, -0.01)).outcome).toBe("no_effect");
    expect(decide(reading(NAME, 0.06), reading(BASE), reading(BASE, -0.01)).outcome).toBe("effect");
  });

  it("says nothing about an adapter while the base contradicts itself", () => {
    expect(decide(reading(NAME), reading(BASE), reading(BASE, 1)).outcome).toBe("inconclusive");
    expect(decide(reading(NAME, 1), reading(BASE), reading(BASE, 1)).outcome).toBe("inconclusive");
  });

  it("refuses the answer of another model", () => {
    expect(decide(reading(BASE, 0.5)).outcome).toBe("wrong_model");
  });

  it("fails an adapter that the engine cannot put into numbers", () => {
    expect(decide(NOT_A_NUMBER).outcome).toBe("not_a_number");
  });

  it("is inconclusive, never a failure, when positions are missing", () => {
    expect(decide(reading(NAME, 0.5, 15)).outcome).toBe("inconclusive");
    expect(decide(reading(NAME, 0.5), reading(BASE, 0, 3)).outcome).toBe("inconclusive");
  });

  it("never proves an adapter that is no further from the base than the base from itself", () => {
    const anyShift = fc.double({ min: -3, max: 3, noNaN: true });
    fc.assert(
      fc.property(anyShift, anyShift, (before, after) => {
        const outcome = decide(reading(NAME, before), reading(BASE, before), reading(BASE, after)).outcome;
        expect(outcome).not.toBe("effect");
      }),
    );
  });
});

describe("on replies of a real 0.32.0", () => {
  const base = real("base");
  const judge = (name: string) => {
    const adapter = real(name);
    return decideProbe(adapter.model, adapter, [base, base], AT).outcome;
  };

  it.each([
    ["support-bot", "effect"],
    ["billing-helper", "effect"],
    ["zero-b", "no_effect"],
    ["wrong-prefix", "no_effect"],
  ])("%s has %s", (name, outcome) => {
    expect(judge(name)).toBe(outcome);
  });

  it("knows NaN by its 400", () => {
    const { status, body } = recorded("probe", "nan");
    expect(isNotANumber(new NodeError("refused", status, body))).toBe(true);
    expect(isNotANumber(new NodeError("refused", 404, "The model `x` does not exist."))).toBe(false);
  });
});
