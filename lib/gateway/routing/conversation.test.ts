import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { adapter, makeSnapshot, tenant } from "../testing/make-snapshot.ts";
import { conversationUnit } from "./conversation.ts";
import { planRoute } from "./plan-route.ts";

const unit = (body: unknown, header: string | null = null, salt = "adp_1 ver_3") =>
  conversationUnit({ header, body: Buffer.from(typeof body === "string" ? body : JSON.stringify(body)) }, salt);

const system = { role: "system", content: "You answer for Acme." };
const user = (content: string) => ({ role: "user", content });
const assistant = (content: string) => ({ role: "assistant", content });
const chat = (...messages: unknown[]) => ({ model: "support", messages });

describe("the place of a conversation", () => {
  it("stays while its history grows, however the body is set and whatever else changes in it", () => {
    const first = unit(chat(system, user("Where is my order?")));
    const grown = chat(system, user("Where is my order?"), assistant("On its way."), user("When?"));
    expect(unit(grown)).toBe(first);
    expect(unit(JSON.stringify({ temperature: 1, stream: true, ...grown }, null, 2))).toBe(first);
  });

  it("differs with how it began", () => {
    const places = [
      unit(chat(system, user("Where is my order?"))),
      unit(chat(system, user("Where is my parcel?"))),
      unit(chat(user("Where is my order?"))),
      unit(chat(system)),
      unit({ prompt: "Where is my order?" }),
    ];
    expect(new Set(places).size).toBe(places.length);
  });

  it.each(["prompt_cache_key", "user", "safety_identifier"])("goes by %s where there is one", (name) => {
    const one = unit({ ...chat(user("Hello")), [name]: "c-1" });
    expect(unit({ ...chat(user("Something else")), [name]: "c-1" })).toBe(one);
    expect(unit({ ...chat(user("Hello")), [name]: "c-2" })).not.toBe(one);
    for (const useless of ["", 7, null, ["c-1"]])
      expect(unit({ ...chat(user("Hello")), [name]: useless })).toBe(unit(chat(user("Hello"))));
  });

  it("goes by the header before all else", () => {
    expect(unit({ ...chat(user("Hello")), user: "u-1" }, "c-1")).toBe(
      unit({ ...chat(user("Bye")), user: "u-2" }, "c-1"),
    );
    expect(unit(chat(user("Hello")), "c-1")).not.toBe(unit(chat(user("Hello")), "c-2"));
    expect(unit(chat(user("Hello")), "")).toBe(unit(chat(user("Hello"))));
  });

  it("of a completion goes by the first 256 characters of its prompt", () => {
    const start = "x".repeat(300);
    expect(unit({ prompt: `${start} and on` })).toBe(unit({ prompt: `${start} and further on` }));
    expect(unit({ prompt: "one" })).not.toBe(unit({ prompt: "two" }));
    expect(unit({ prompt: [1, 2, 3] })).not.toBe(unit({ prompt: [1, 2, 4] }));
  });

  it("exists for whatever is sent", () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), fc.option(fc.string()), (body, header) => {
        const place = unit(body, header);
        expect(place).toBeGreaterThanOrEqual(0);
        expect(place).toBeLessThan(1);
        expect(unit(body, header)).toBe(place);
      }),
    );
  });
});

describe("a split", () => {
  const NAMES = Array.from({ length: 10_000 }, (_, index) => `conversation-${index}`);
  const acme = (weight: number) =>
    tenant("ten_acme", { adapters: [adapter("adp_1", { candidate: { versionId: "ver_1", weight } })] });

  function goesToCandidate(name: string, weight: number): boolean {
    const asking = acme(weight);
    const [own] = asking.adapters;
    if (!own) throw new Error("no adapter in the test");
    const plan = planRoute(
      {
        tenant: asking,
        target: { kind: "adapter", adapter: own },
        unit: (salt) => conversationUnit({ header: name, body: Buffer.from("{}") }, salt),
        mirrorUnit: () => 0,
        now: new Date(0),
      },
      SNAPSHOT,
    );
    return plan.kind === "plan" && plan.options[0]?.isCandidate === true;
  }
  const SNAPSHOT = makeSnapshot({});

  it.each([1, 5, 10, 25, 50, 75, 99])("gives the candidate %s % of 10,000 conversations, within 2", (weight) => {
    const share = (100 * NAMES.filter((name) => goesToCandidate(name, weight)).length) / NAMES.length;
    expect(Math.abs(share - weight)).toBeLessThan(2);
  });

  it("only ever moves conversations to the candidate as its weight rises, and keeps each where it is", () => {
    const weights = fc.tuple(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 100 }));
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), weights, (name, [one, other]) => {
        const low = goesToCandidate(name, Math.min(one, other));
        const high = goesToCandidate(name, Math.max(one, other));
        expect(low && !high).toBe(false);
        expect(goesToCandidate(name, Math.min(one, other))).toBe(low);
      }),
    );
  });

  it("is independent of other splits", () => {
    const inBoth = NAMES.filter(
      (name) => unit("{}", name, "adp_1 ver_3") < 0.5 && unit("{}", name, "adp_2 ver_3") < 0.5,
    );
    expect(Math.abs(inBoth.length / NAMES.length - 0.25)).toBeLessThan(0.02);
  });
});
