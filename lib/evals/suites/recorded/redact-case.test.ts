import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CaseInput } from "../../browser/suite-schema.ts";
import { checkCase } from "../check-case.ts";
import { findPersonal, wordPattern } from "./find-personal.ts";
import { redactCase } from "./redact-case.ts";

const text = { type: "string" } as const;
const TOOL: CaseInput["tools"][number] = {
  type: "function",
  function: {
    name: "act",
    description: "",
    parameters: {
      type: "object",
      properties: {
        customer_name: text,
        email: text,
        phone: text,
        order: text,
        number: { type: "integer" },
        amount: { type: "number" },
        on: text,
        note: text,
        plan: { type: "string", enum: ["Pro 50000", "Basic"] },
      },
    },
  },
};

/** Throws the same each time. */
function rng(seed = 1): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

const made = (content: string, args: object | string): CaseInput => ({
  category: "recorded_call",
  holdOut: false,
  tags: [],
  tools: [TOOL],
  messages: [{ role: "user", content }],
  expected: {
    calls: [{ name: "act", arguments: typeof args === "string" ? args : JSON.stringify(args) }],
    alternatives: [],
    reason: "recorded",
  },
});

function redact(content: string, args: object | string, words: string[] = []) {
  const redacted = redactCase(made(content, args), words, rng());
  expect(checkCase(redacted)).toEqual([]);
  const [call] = redacted.expected.calls;
  return {
    said: redacted.messages[0]?.content ?? "",
    args: JSON.parse(call?.arguments ?? "{}") as Record<string, unknown>,
    raw: call?.arguments ?? "",
  };
}

describe("what is found by its shape", () => {
  it.each([
    ["mail maya.petersson+x@northwind.example now", ["maya.petersson+x@northwind.example"]],
    ["call +49 170 123 45 67 or (030) 1234-567", ["+49 170 123 45 67", "(030) 1234-567"]],
    ["card 4111 1111 1111 1111", ["4111 1111 1111 1111"]],
    ["IBAN DE89 3704 0044 0532 0130 00.", ["DE89 3704 0044 0532 0130 00"]],
    ["from 192.168.17.4 and 2001:0db8::ff00:42", ["192.168.17.4", "2001:0db8::ff00:42"]],
    ["see https://shop.example/u/maya?token=abc", ["https://shop.example/u/maya?token=abc"]],
    ["key sk-proj-abcdefghijklmnop1234", ["sk-proj-abcdefghijklmnop1234"]],
    ["authorization: Bearer abc.def.ghi-123", ["abc.def.ghi-123"]],
    ["ticket 3f2504e0-4f89-41d3-9a0c-0305e82c3301", ["3f2504e0-4f89-41d3-9a0c-0305e82c3301"]],
    ["order ORD-204411 for 12,500 EUR", ["204411", "12,500"]],
    ["on 14.03.2026 0170 1234567", ["0170 1234567"]],
  ])("%s", (said, found) => {
    expect(findPersonal(said, []).map((one) => one.text)).toEqual(found);
  });

  it.each([
    "on 2026-03-14 at 09:30, or 14.03.2026",
    "from 2026-03-14T09:30:00+01:00",
    "order A1042, 3 pieces for 1,200 EUR in 2026",
    "rows 1 2 3 4 5 6 7 8",
    "the well-known-configuration-of-the-service is missing",
  ])("stays as it is: %s", (said) => {
    expect(findPersonal(said, [])).toEqual([]);
  });
});

describe("a redacted exchange", () => {
  it("says the same instead wherever and however a thing is written", () => {
    const { said, args } = redact("I am on +49 170 123 45 67, ORDER 204411. Yes, 204411!", {
      phone: "+491701234567",
      number: 204411,
    });
    expect(said).not.toMatch(/1701234567|204411|170 123/);
    const phone = /\+\d[\d ]+/.exec(said)?.[0].replaceAll(" ", "");
    expect(args.phone).toBe(phone?.replace(/,$/, ""));
    expect(said.match(/ORDER (\d+)\. Yes, (\d+)!/)?.slice(1)).toEqual([String(args.number), String(args.number)]);
  });

  it("keeps a number's parts and its spelling without the country together", () => {
    const { said, args } = redact("0170 1234567 is mine, it ends in 4567", {
      phone: "+491701234567",
      note: "ends in 4567",
    });
    const end = /ends in (\d{4})/.exec(said)?.[1];
    expect(end).not.toBe("4567");
    expect(args.note).toBe(`ends in ${end}`);
    const digits = said.slice(0, 12).replaceAll(" ", "");
    expect(String(args.phone).slice(-10)).toBe(digits.slice(-10));
    expect(digits.endsWith(end ?? "?")).toBe(true);
  });

  it("keeps numbers numbers, digit for digit as many, beyond what a float holds", () => {
    const { raw, said } = redact(
      "move 12,500.75 to 900719925474099312",
      '{"number":900719925474099312,"amount":12500.75}',
    );
    const [, number, amount] = /"number":(\d+),"amount":([\d.]+)/.exec(raw) ?? [];
    expect(number).toMatch(/^[1-9]\d{17}$/);
    expect(said).toContain(number ?? "?");
    expect(amount).toMatch(/^[1-9]\d{4}\.\d\d$/);
    expect(said.replaceAll(",", "")).toContain(amount?.slice(0, 5));
  });

  it("takes a name out of the question where an argument says that it is one", () => {
    const { said, args } = redact("Maya Petersson here. Yes, Maya. Will you? May I?", {
      customer_name: "Maya Petersson",
    });
    expect(said).toBe("Alpha Bravo here. Yes, Alpha. Will you? May I?");
    expect(args.customer_name).toBe("Alpha Bravo");
  });

  it("takes out what the customer named, in any letter case, and as a whole word only", () => {
    const { said, args } = redact("NORTHWIND and northwinds. Ask Acme Ltd.", { note: "Northwind" }, [
      "northwind",
      "Acme Ltd",
    ]);
    expect(said).toBe("ALPHA and northwinds. Ask Bravo.");
    expect(args.note).toBe("Alpha");
  });

  it("takes an address out whole, also where the customer named a part of it", () => {
    const { said } = redact("maya@northwind.example of Northwind, 1985-03-02", {}, ["Northwind", "1985-03-02"]);
    expect(said).toBe("person1@example.com of Alpha, bravo");
  });

  it("leaves alone what a tool offers as a choice", () => {
    const { said, args } = redact("I take Pro 50000", { plan: "Pro 50000" });
    expect(said).toBe("I take Pro 50000");
    expect(args.plan).toBe("Pro 50000");
  });

  it("redacts what was called before, and what tools said", () => {
    const input = made("And again", {});
    const call = {
      id: "c1",
      type: "function" as const,
      function: { name: "act", arguments: '{"email":"a@b.example"}' },
    };
    input.messages.unshift(
      { role: "user", content: "mail a@b.example" },
      { role: "assistant", content: null, tool_calls: [call] },
      { role: "tool", content: '{"sent_to":"a@b.example","id":8812345}', tool_call_id: "c1" },
    );
    const redacted = redactCase(input, [], rng());
    expect(JSON.stringify(redacted)).not.toMatch(/a@b\.example|8812345/);
    expect(redacted.messages[1]?.tool_calls?.[0]?.function.arguments).toBe('{"email":"person1@example.com"}');
    expect(redacted.messages[2]?.content).toMatch(/^\{"sent_to":"person1@example\.com","id":[1-9]{7}\}$/);
  });
});

describe("whatever is said", () => {
  const personal = fc.oneof(
    fc
      .tuple(fc.stringMatching(/^[a-z]{3,9}$/), fc.stringMatching(/^[a-z]{3,9}$/))
      .map(([a, b]) => `${a}.x@${b}.example`),
    fc.stringMatching(/^[1-9]\d{5,14}$/),
    fc.stringMatching(/^\+[1-9]\d \d{3} \d{3} \d{2} \d{2}$/),
    fc.stringMatching(/^sk-[a-z0-9]{20}$/),
    fc.uuid(),
    fc.ipV4(),
  );

  it("nothing personal is left of question or answer, and the answer still stands in the question", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(personal, { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 99_999 }),
        (list, seed) => {
          const said = list.map((one, at) => `note ${at} is ${one};`).join("\n");
          const redacted = redactCase(made(said, { note: list[0], order: list.at(-1) }), [], rng(seed));
          const all = JSON.stringify(redacted);
          for (const one of list) expect(all).not.toContain(one);
          const args = JSON.parse(redacted.expected.calls[0]?.arguments ?? "{}") as Record<string, string>;
          const lines = (redacted.messages[0]?.content ?? "").split("\n");
          expect(lines[0]).toBe(`note 0 is ${args.note};`);
          expect(lines.at(-1)).toBe(`note ${list.length - 1} is ${args.order};`);
          expect(checkCase(redacted)).toEqual([]);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("what differs still differs", () => {
    fc.assert(
      fc.property(fc.uniqueArray(personal, { minLength: 2, maxLength: 8 }), (list) => {
        const redacted = redactCase(made(list.join("\n"), {}), [], rng());
        expect(new Set((redacted.messages[0]?.content ?? "").split("\n")).size).toBe(list.length);
      }),
    );
  });

  it("any word can be named", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 2, maxLength: 80 }), (word) => {
        expect(wordPattern(word).test(` ${word} `)).toBe(true);
      }),
    );
  });

  it("no text is slow", () => {
    for (const piece of ["a", "1", "1 ", "a.", "a@", "-", "(1", "ab1", "f:", "1.", "sk-", "http://"]) {
      const long = piece.repeat(Math.ceil(100_000 / piece.length));
      expect(findPersonal(long, ["a"]).length).toBeGreaterThanOrEqual(0);
    }
  }, 20_000);
});
