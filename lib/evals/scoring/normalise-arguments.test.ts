import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JsonSchema } from "../eval-case.ts";
import { canonicalText, type NormaliseOptions, normaliseArguments } from "./normalise-arguments.ts";

const canonical = (text: string | null | undefined, schema?: JsonSchema, options?: NormaliseOptions): string => {
  const result = normaliseArguments(text, schema, options);
  if (!result.ok) throw new Error(`${result.kind}: ${result.message}`);
  return canonicalText(result.node);
};
const kindOf = (text: string, schema?: JsonSchema) => {
  const result = normaliseArguments(text, schema);
  return result.ok ? "ok" : result.kind;
};
const object = (properties: JsonSchema, more: JsonSchema = {}): JsonSchema => ({ type: "object", properties, ...more });
const one = (schema: JsonSchema) => object({ a: schema });

type Row = [rule: string, schema: JsonSchema, left: string, right: string];

const equal: Row[] = [
  ["key order and white space", {}, '{"b": [1, 2],\n "a": {"y":1,"x":2}}', '{"a":{"x":2,"y":1},"b":[1,2]}'],
  ["1 and 1.0, type number", one({ type: "number" }), '{"a":1}', '{"a":1.0}'],
  ["1 and 1e0, type integer", one({ type: "integer" }), '{"a":1}', '{"a":1e0}'],
  ["-0 and 0", one({ type: "number" }), '{"a":-0}', '{"a":0}'],
  ["-0.0 and 0, type integer", one({ type: "integer" }), '{"a":-0.0}', '{"a":0}'],
  ["1 and 1.0, no declared type", {}, '{"a":1}', '{"a":1.0}'],
  ["1 and 1.0, nullable number", one({ type: ["number", "null"] }), '{"a":1}', '{"a":1.0}'],
  ["0.10 and 1e-1", one({ type: "number" }), '{"a":0.10}', '{"a":1e-1}'],
  [
    "one big integer in two spellings",
    one({ type: "integer" }),
    '{"a":12345678901234567890}',
    '{"a":12345678901234567890.0}',
  ],
  ["NFC and NFD values", one({ type: "string" }), '{"a":"Zo\u00eb"}', '{"a":"Zoe\u0308"}'],
  ["NFC and NFD keys", {}, '{"caf\u00e9":1}', '{"cafe\u0301":1}'],
  ["an escape and the character", {}, '{"a":"\\u00e9\\/"}', '{"a":"\u00e9/"}'],
  ["null and missing, nullable and optional", one({ type: ["string", "null"] }), '{"a":null}', "{}"],
  ["null and missing, nullable by anyOf", one({ anyOf: [{ type: "string" }, { type: "null" }] }), '{"a":null}', "{}"],
  ["null and missing, nullable in OpenAPI's way", one({ type: "string", nullable: true }), '{"a":null}', "{}"],
  ["missing and the default", one({ type: "integer", default: 20 }), "{}", '{"a":20.0}'],
  ["missing and the default, two levels down", one(object({ b: { default: "x" } })), '{"a":{}}', '{"a":{"b":"x"}}'],
  [
    "missing and a default that has a default",
    one({ ...object({ b: { default: 1 } }), default: {} }),
    "{}",
    '{"a":{"b":1}}',
  ],
  [
    "missing and a default behind a reference",
    { ...one({ $ref: "#/$defs/n" }), $defs: { n: { default: 3 } } },
    "{}",
    '{"a":3}',
  ],
  ["a set in another order", one({ type: "array", uniqueItems: true }), '{"a":["x","y",1]}', '{"a":[1.0,"y","x"]}'],
  ["a set with an item twice", one({ type: "array", uniqueItems: true }), '{"a":["x","x","y"]}', '{"a":["y","x"]}'],
  [
    "a set of objects with defaults",
    one({ uniqueItems: true, items: object({ n: { default: 1 } }) }),
    '{"a":[{},{"n":2}]}',
    '{"a":[{"n":2},{"n":1}]}',
  ],
  [
    "a branch chosen by its constant",
    one({ anyOf: [object({ k: { const: "p" }, s: { default: 1 } }), object({ k: { const: "q" } })] }),
    '{"a":{"k":"p"}}',
    '{"a":{"k":"p","s":1}}',
  ],
  [
    "allOf merged",
    one({ allOf: [object({ b: { default: 1 } }), object({ c: { default: 2 } })] }),
    '{"a":{}}',
    '{"a":{"b":1,"c":2}}',
  ],
  ["empty text and {}", {}, "", "{}"],
];

const different: Row[] = [
  ["1 and the text 1", one({ type: "number" }), '{"a":1}', '{"a":"1"}'],
  ["1 and 1.0 where the schema says string", one({ type: "string" }), '{"a":1}', '{"a":1.0}'],
  ["big integers one apart", one({ type: "integer" }), '{"a":9007199254740993}', '{"a":9007199254740992}'],
  ["a big integer and its digits as text", one({}), '{"a":9007199254740993}', '{"a":"9007199254740993"}'],
  ["a long decimal and its rounding", one({ type: "number" }), '{"a":0.1}', '{"a":0.10000000000000001}'],
  ["NFC and NFKC: the ligature fi", {}, '{"a":"\ufb01"}', '{"a":"fi"}'],
  ["upper and lower case", {}, '{"a":"Paris"}', '{"a":"paris"}'],
  ["a trailing space", {}, '{"a":"x"}', '{"a":"x "}'],
  ["null and missing, not nullable", one({ type: "string" }), '{"a":null}', "{}"],
  ["null and missing, required", object({ a: { type: ["string", "null"] } }, { required: ["a"] }), '{"a":null}', "{}"],
  ["null and missing, with a default", one({ type: ["string", "null"], default: "x" }), '{"a":null}', "{}"],
  ["null and missing, nobody declared it", {}, '{"a":null}', "{}"],
  ["missing and another value than the default", one({ default: 20 }), "{}", '{"a":21}'],
  ["an extra key", object({ a: {} }), '{"a":1}', '{"a":1,"b":2}'],
  ["a list in another order", one({ type: "array" }), '{"a":[1,2]}', '{"a":[2,1]}'],
  ["a set with another item", one({ uniqueItems: true }), '{"a":[1,2]}', '{"a":[1,3]}'],
  ["true and 1", {}, '{"a":true}', '{"a":1}'],
  ["an empty list and an empty object", {}, '{"a":[]}', '{"a":{}}'],
  ["a day in another spelling, without a matcher", {}, '{"a":"2026-01-14"}', '{"a":"14.01.2026"}'],
  ["a key named __proto__", {}, '{"__proto__":{"a":1}}', "{}"],
  ["a key named constructor", {}, '{"constructor":1}', "{}"],
  ["a text that looks like an escaped number", {}, '{"a":"\\u0001decimal:9007199254740993"}', '{"a":9007199254740993}'],
];

describe("normaliseArguments", () => {
  it.each(equal)("equal: %s", (_, schema, left, right) => {
    expect(canonical(left, schema)).toBe(canonical(right, schema));
  });

  it.each(different)("different: %s", (_, schema, left, right) => {
    expect(canonical(left, schema)).not.toBe(canonical(right, schema));
  });

  it.each([
    ["NaN", '{"a":NaN}'],
    ["Infinity", '{"a":-Infinity}'],
    ["a trailing comma", '{"a":1,}'],
    ["a trailing comma in a list", '{"a":[1,]}'],
    ["single quotes", "{'a':1}"],
    ["a bare key", "{a:1}"],
    ["a comment", '{"a":1 /* x */}'],
    ["a half object", '{"a":1'],
    ["two objects", '{"a":1}{"b":2}'],
    ["a leading zero", '{"a":01}'],
    ["a raw line break in a string", '{"a":"x\ny"}'],
    ["an unknown escape", '{"a":"\\x41"}'],
    ["a lone high surrogate", '{"a":"\\ud83d"}'],
    ["a lone low surrogate in a key", '{"\\ude00":1}'],
    ["Python's None", '{"a":None}'],
    ["nesting beyond all sense", `{"a":${"[".repeat(50_000)}${"]".repeat(50_000)}}`],
    ["more text than a tool call has", `{"a":"${"x".repeat(300_000)}"}`],
  ])("parse_error: %s", (_, text) => {
    expect(kindOf(text)).toBe("parse_error");
  });

  it.each([
    ["different values", '{"a":1,"a":2}'],
    ["equal values", '{"a":1,"a":1}'],
    ["one of them escaped", '{"a":1,"\\u0061":1}'],
    ["one key after NFC", '{"\u00e9":1,"e\u0301":1}'],
    ["deep inside", '{"x":[{"b":{"c":1, "c" :1}}]}'],
    ["__proto__ twice", '{"__proto__":1,"__proto__":1}'],
  ])("duplicate_key: %s", (_, text) => {
    expect(kindOf(text)).toBe("duplicate_key");
  });

  it("does not take the same key in two objects, or a string value, for a duplicate", () => {
    expect(kindOf('{"a":{"k":1},"b":{"k":1},"c":[{"k":1},{"k":1}],"d":"k","e":["a","a"]}')).toBe("ok");
    expect(kindOf('{"a":"\\"b\\":1","b":"{\\"b\\":1,\\"b\\":2}"}')).toBe("ok");
  });

  it("accepts a pair of surrogates", () => {
    expect(canonical('{"a":"\\ud83d\\ude00"}')).toBe('{"a":"\u{1f600}"}');
  });

  it("prints RFC 8785: sorted keys, shortest numbers, null kept where it means something", () => {
    expect(canonical('{"b":1.50,"a":[1e2,null,"x"]}')).toBe('{"a":[100,null,"x"],"b":1.5}');
  });

  it("reports the paths that took a default", () => {
    const schema = object({
      limit: { default: 20 },
      page: object({ size: { default: 5 } }),
      "odd key": { default: 1 },
    });
    const result = normaliseArguments('{"page":{}}', schema);
    expect(result.ok && result.defaulted.sort()).toEqual(["$.limit", "$.page.size", '$["odd key"]']);
  });

  it.each([null, undefined, "", "  "])("reads absent arguments (%o) as {}", (text) => {
    expect(canonical(text)).toBe("{}");
  });

  it("survives a schema that refers to itself in every branch", () => {
    const branches = Array.from({ length: 12 }, () => ({ $ref: "#/$defs/x" }));
    const schema = { $ref: "#/$defs/x", $defs: { x: { anyOf: branches, allOf: branches } } };
    expect(canonical('{"a":{"b":1}}', schema)).toBe('{"a":{"b":1}}');
  });

  it("does not follow a reference out of the schema", () => {
    expect(canonical("{}", one({ $ref: "https://example.com/schema.json" }))).toBe("{}");
    expect(canonical("{}", one({ $ref: "#/constructor/prototype" }))).toBe("{}");
  });
});

describe("ignored keys", () => {
  const ignored = { ignored: ["$.trace"] };
  it("are left out where the schema allows extra keys", () => {
    expect(canonical('{"a":1,"trace":"z"}', object({ a: {} }), ignored)).toBe('{"a":1}');
    expect(canonical('{"a":1}', object({ a: {}, trace: { default: "t" } }), ignored)).toBe('{"a":1}');
  });
  it("still count where the schema forbids them", () => {
    const closed = object({ a: {} }, { additionalProperties: false });
    expect(canonical('{"a":1,"trace":"z"}', closed, ignored)).toBe('{"a":1,"trace":"z"}');
  });
  it("must still be there where the schema requires them", () => {
    const schema = object({ a: {}, trace: {} }, { required: ["trace"] });
    expect(canonical('{"a":1,"trace":"z"}', schema, ignored)).toBe(canonical('{"trace":"y","a":1}', schema, ignored));
    expect(canonical('{"a":1,"trace":"z"}', schema, ignored)).not.toBe(canonical('{"a":1}', schema, ignored));
  });
});

describe("matchers", () => {
  it("ignore: any value, also inside a list, where only how many there are counts", () => {
    const options = { matchers: { "$.note": "ignore", "$.items[*].ref": "ignore", "$.tags[*]": "ignore" } } as const;
    const left = canonical('{"id":1,"note":"x","items":[{"sku":"a","ref":1}],"tags":["p","q"]}', {}, options);
    expect(canonical('{"id":1,"items":[{"sku":"a","ref":[2]}],"tags":["r","s"]}', {}, options)).toBe(left);
    expect(canonical('{"id":1,"items":[{"sku":"b"}],"tags":["p","q"]}', {}, options)).not.toBe(left);
    expect(canonical('{"id":1,"items":[{"sku":"a"}],"tags":["p"]}', {}, options)).not.toBe(left);
  });
  it("set: neither order nor repetition counts, and only at its path", () => {
    const options = { matchers: { "$.to": "set" } } as const;
    expect(canonical('{"to":["b","a","b"],"cc":["b","a"]}', {}, options)).toBe('{"cc":["b","a"],"to":["a","b"]}');
    expect(canonical('{"to":["a"]}', {}, options)).not.toBe(canonical('{"to":["a","b"]}', {}, options));
  });
  const at = { matchers: { "$.at": "iso-instant", "$.links[*]": "uri" } } as const;
  it.each([
    ['{"at":"2026-01-14T15:00:00+01:00"}', '{"at":"2026-01-14T14:00:00Z"}'],
    ['{"at":"2026-01-14T14:00:00.500Z"}', '{"at":"2026-01-14t09:00:00.5-05:00"}'],
    ['{"at":"2026-03-01T00:30:00+01:00"}', '{"at":"2026-02-28T23:30:00Z"}'],
    ['{"links":["HTTPS://Example.com:443/a/../b"]}', '{"links":["https://example.com/b"]}'],
  ])("equal: %s and %s", (left, right) => {
    expect(canonical(left, {}, at)).toBe(canonical(right, {}, at));
    expect(canonical(left)).not.toBe(canonical(right));
  });
  it.each([
    ['{"at":"2026-01-14T15:00:00+01:00"}', '{"at":"2026-01-14T15:00:00Z"}'],
    ['{"at":"2026-01-14T15:00:00.0001Z"}', '{"at":"2026-01-14T15:00:00.0002Z"}'],
    ['{"at":"2026-02-30T00:00:00Z"}', '{"at":"2026-03-02T00:00:00Z"}'],
    ['{"at":"2026-01-14T15:00:00"}', '{"at":"2026-01-14T15:00:00Z"}'],
    ['{"links":["https://example.com/a"]}', '{"links":["https://example.com/A"]}'],
    ['{"other":"2026-01-14T15:00:00+01:00"}', '{"other":"2026-01-14T14:00:00Z"}'],
  ])("different: %s and %s", (left, right) => {
    expect(canonical(left, {}, at)).not.toBe(canonical(right, {}, at));
  });
});

describe("properties of normalisation", () => {
  const shuffled = (value: unknown, flip: boolean): string => {
    if (Array.isArray(value)) return `[ ${value.map((item) => shuffled(item, flip)).join(" ,\n")} ]`;
    if (typeof value !== "object" || value === null) return JSON.stringify(value);
    const entries = Object.entries(value);
    if (flip) entries.reverse();
    return `{\t${entries.map(([key, item]) => `${JSON.stringify(key)} : ${shuffled(item, flip)}`).join(", ")}}`;
  };
  const wellFormed = fc.string({ unit: "grapheme" });
  const nfcUnique = fc.dictionary(
    wellFormed.map((key) => key.normalize("NFC")),
    fc.jsonValue({ stringUnit: "grapheme" }).filter((value) => keysStayApart(value)),
  );

  it("ignores spelling, and its own text is a fixed point", () => {
    fc.assert(
      fc.property(nfcUnique, (value) => {
        const text = canonical(JSON.stringify(value));
        expect(canonical(shuffled(value, true))).toBe(text);
        expect(canonical(shuffled(value, false))).toBe(text);
        if (!text.includes("\\u0001")) expect(canonical(text)).toBe(text);
      }),
    );
  });

  it("tells two values apart exactly when they differ", () => {
    const small = fc.jsonValue({ maxDepth: 2, stringUnit: fc.constantFrom("a", "b", "1", "\u0001") });
    fc.assert(
      fc.property(small, small, (left, right) => {
        const same = plainText(left) === plainText(right);
        expect(canonical(JSON.stringify({ v: left })) === canonical(JSON.stringify({ v: right }))).toBe(same);
      }),
      { numRuns: 2000 },
    );
  });

  it("agrees with JSON.parse about what is JSON, on damaged text", () => {
    const damaged = fc
      .tuple(fc.json({ stringUnit: "grapheme-ascii" }), fc.nat(), fc.constantFrom("", ",", "'", "}", "0", "e", "\\"))
      .map(
        ([text, at, char]) => text.slice(0, at % (text.length + 1)) + char + text.slice((at % (text.length + 1)) + 1),
      );
    fc.assert(
      fc.property(damaged, (text) => {
        if (text.trim() === "") return;
        let parses = true;
        try {
          JSON.parse(text);
        } catch {
          parses = false;
        }
        const kind = kindOf(text);
        if (!parses) expect(kind).toBe("parse_error");
        else expect(["ok", "duplicate_key"]).toContain(kind);
      }),
      { numRuns: 500 },
    );
  });
});

function keysStayApart(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return true;
  const keys = Object.keys(value);
  return (
    new Set(keys.map((key) => key.normalize("NFC"))).size === keys.length && Object.values(value).every(keysStayApart)
  );
}

/** JSON text with sorted keys, by other means than the code under test. */
function plainText(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) =>
    typeof item === "object" && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}
