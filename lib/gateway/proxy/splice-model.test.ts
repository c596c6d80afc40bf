import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Body, wholeBody } from "../upstream/body.ts";
import { type Located, locateModel, type NotLocated, spliceModel } from "./splice-model.ts";

const bytes = (text: string) => Buffer.from(text, "utf8");
/** As it is sent. */
const text = (body: Body): string => wholeBody(body).toString("utf8");
const splice = (before: string, model: string): string => {
  const located = locateModel(bytes(before));
  if (located.kind === "refused") throw new Error(located.code);
  return text(spliceModel(bytes(before), located, model));
};
const codeOf = (located: Located | NotLocated) => (located.kind === "refused" ? located.code : located.kind);

describe("spliceModel", () => {
  it.each([
    ['{"model":"a"}', '{"model":"NEW"}'],
    ['{ "model" : "a" , "x" : 1 }', '{ "model" : "NEW" , "x" : 1 }'],
    ['{"x":{"model":"in"},"model":"a"}', '{"x":{"model":"in"},"model":"NEW"}'],
    [
      '{"messages":[{"model":"in"},"\\"model\\":"],"model":"a"}',
      '{"messages":[{"model":"in"},"\\"model\\":"],"model":"NEW"}',
    ],
    ['{"mo\\u0064el":"a"}', '{"mo\\u0064el":"NEW"}'],
    ['{"model":"a\\"}b"}', '{"model":"NEW"}'],
    ['{"x":1.50e3,"y":"\\u00e9é"}', '{"model":"NEW","x":1.50e3,"y":"\\u00e9é"}'],
    [" {} ", ' {"model":"NEW"} '],
    ["{\n}", '{"model":"NEW"\n}'],
  ])("turns %s into %s", (before, after) => {
    expect(splice(before, "NEW")).toBe(after);
  });

  it.each([
    ["", "not_an_object"],
    ["[]", "not_an_object"],
    ['"model"', "not_an_object"],
    ["\ufeff{}", "not_an_object"],
    ['{"model":"a","model":"a"}', "duplicate_model"],
    ['{"model":"a","mo\\u0064el":"b"}', "duplicate_model"],
    ['{"model":null}', "model_not_a_string"],
    ['{"model":["a"]}', "model_not_a_string"],
    ['{"model":"a"', "bad_json"],
    ['{"model":"a}', "bad_json"],
    ['{"model" "a"}', "bad_json"],
    ['{"model":}', "bad_json"],
    ['{"model":"a",}', "bad_json"],
    ['{"x":[1}],"model":"a"}', "bad_json"],
    ['{"x":[1,"model":"a"}', "bad_json"],
    ['{"model":"a"}{"model":"b"}', "bad_json"],
    ["{'model':'a'}", "bad_json"],
    ['{"model":"\\x"}', "bad_json"],
    ['{"model":"\n"}', "bad_json"],
    ['{"a\n":1}', "bad_json"],
  ])("refuses %j as %s", (text, code) => {
    expect(codeOf(locateModel(bytes(text)))).toBe(code);
  });

  it("adds fields beside the model", () => {
    const add = (before: string) => {
      const located = locateModel(bytes(before));
      if (located.kind === "refused") throw new Error(located.code);
      return text(spliceModel(bytes(before), located, "NEW", '"store":false'));
    };
    expect(add('{"x":1,"model":"a","y":2}')).toBe('{"x":1,"model":"NEW","store":false,"y":2}');
    expect(add('{"x":1}')).toBe('{"model":"NEW","store":false,"x":1}');
    expect(add("{}")).toBe('{"model":"NEW","store":false}');
  });

  it.each([
    ["{}", false, false],
    ['{"store":false}', true, false],
    ['{"store":true}', true, true],
    ['{"store":null}', true, true],
    ['{"store":"false"}', true, true],
    ['{"store":false,"store":true}', true, true],
    ['{"store":true,"st\\u006fre":false}', true, true],
    ['{"in":{"store":true}}', false, false],
    ['{"previous_response_id":"resp_1"}', false, true],
    ['{"previous_response_id":null,"conversation":null,"background":null}', false, false],
    ['{"conversation":{"id":"conv_1"}}', false, true],
    ['{"background":true}', false, true],
    ['{"background":false}', false, false],
  ])("of %s: names store %s, wants something kept %s", (body, namesStore, wantsStore) => {
    expect(locateModel(bytes(body))).toMatchObject({ namesStore, wantsStore });
  });

  it("refuses other encodings, which a node's parser would guess", () => {
    expect(codeOf(locateModel(Buffer.from('{"model":"a"}', "utf16le")))).toBe("bad_json");
    const around = (bytes: number[]) => Buffer.concat([Buffer.from('{"x":"'), Buffer.from(bytes), Buffer.from('"}')]);
    for (const broken of [[0xff], [0xc3], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf8, 0x88, 0x80, 0x80, 0x80]])
      expect(codeOf(locateModel(around(broken)))).toBe("invalid_utf8");
    expect(codeOf(locateModel(around([0xc3, 0xa9])))).toBe("absent");
  });

  it("sees whether a stream is asked for", () => {
    expect(locateModel(bytes('{"stream":true}'))).toMatchObject({ isStream: true });
    expect(locateModel(bytes('{"stream": false,"a":{"stream":true}}'))).toMatchObject({ isStream: false });
  });

  it("sees how much is asked for, and takes no nonsense for a number", () => {
    const facts = (text: string) => locateModel(bytes(text));
    expect(facts('{"max_tokens":300,"n":2}')).toMatchObject({ maxTokens: 300, choices: 2 });
    expect(facts('{"max_completion_tokens" : 40}')).toMatchObject({ maxTokens: 40, choices: 1 });
    for (const nonsense of ["-1", "1e9", "null", '"300"', "12345678901234567890", "0"])
      expect(facts(`{"max_tokens":${nonsense}}`)).toMatchObject({ maxTokens: null });
  });

  it("stands a body nested a million deep, and takes none deeper than 64", () => {
    const nested = (depth: number) => `{"x":${"[".repeat(depth - 1)}${"]".repeat(depth - 1)},"model":"a"}`;
    expect(splice(nested(64), "b")).toBe(nested(64).replace('"a"', '"b"'));
    expect(codeOf(locateModel(bytes(nested(65))))).toBe("too_deep");
    expect(codeOf(locateModel(bytes(nested(1_000_000))))).toBe("too_deep");
  });

  it("finds the end of long strings, whatever is escaped in them", () => {
    const piece = fc.oneof(
      fc.constantFrom('"', "\\", '\\"', "\n", "{", "]"),
      fc.string({ minLength: 20, maxLength: 90 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = JSON.stringify({ prompt: pieces.join(""), model: "a" });
        expect(splice(text, "b")).toBe(text.replace(/"a"}$/, '"b"}'));
      }),
      { numRuns: 500 },
    );
  });

  const object = fc.dictionary(
    fc
      .oneof(fc.constantFrom("messages", "Model", "models", "x"), fc.string({ unit: "binary" }))
      .filter((key) => key !== "model"),
    fc.jsonValue(),
    { maxKeys: 6, noNullPrototype: true },
  );
  const spacing = fc.constantFrom(undefined, 0, 1, "\t");

  it("changes the model and no other byte", () => {
    fc.assert(
      fc.property(
        object,
        object,
        fc.string({ unit: "binary" }),
        fc.string({ unit: "grapheme" }),
        spacing,
        (before, after, model, next, space) => {
          const text = JSON.stringify({ ...before, model, ...after }, null, space);
          const result = splice(text, next);
          expect(JSON.parse(result)).toEqual({ ...JSON.parse(text), model: next });
          const quoted = JSON.stringify(model);
          const at = [...text.matchAll(/"model"/g)]
            .map((match) => match.index)
            .find((index) => {
              const value = text.indexOf(quoted, index + 7);
              return (
                value >= 0 && text.slice(0, value) + JSON.stringify(next) + text.slice(value + quoted.length) === result
              );
            });
          expect(at).toBeDefined();
        },
      ),
      { numRuns: 1000 },
    );
  });

  it("adds a model where there is none, and keeps the rest", () => {
    fc.assert(
      fc.property(object, fc.string({ unit: "grapheme" }), spacing, (body, model, space) => {
        const text = JSON.stringify(body, null, space);
        const result = splice(text, model);
        expect(JSON.parse(result)).toEqual({ ...JSON.parse(text), model });
        const rest = text.slice(1);
        expect(result.endsWith(rest)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it("accepts nothing that JSON.parse reads with another model", () => {
    fc.assert(
      fc.property(object, fc.nat(), fc.uint8Array({ maxLength: 3 }), (body, position, junk) => {
        const whole = bytes(JSON.stringify({ ...body, model: "a" }));
        const at = position % whole.length;
        const damaged = Buffer.concat([whole.subarray(0, at), junk, whole.subarray(at + 1)]);
        const located = locateModel(damaged);
        if (located.kind === "refused") return;
        const spliced = text(spliceModel(damaged, located, "SPLICED"));
        let read: unknown;
        try {
          read = JSON.parse(spliced);
        } catch {
          return; // the node refuses it as well
        }
        expect(read).toMatchObject({ model: "SPLICED" });
      }),
      { numRuns: 3000 },
    );
  });
});
