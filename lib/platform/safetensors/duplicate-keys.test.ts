import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findDuplicateKey } from "./duplicate-keys.ts";

describe("findDuplicateKey", () => {
  it.each([
    ['{"a":1,"b":{"a":2}}', null],
    ['{"a":1,"a":2}', "a"],
    ['[{"x":{"b":1}},{"x":{"b":1,"c":[],"b":2}}]', "b"],
    ['{"a":"b\\":","b":{"}":"\\"a\\":1"},"c":"}"}', null],
    ['{"\\u0061":1,"a":2}', "a"],
    ['{"a" \n:1, "a"\t:2}', "a"],
    ['{"":1,"":2}', ""],
    ['"a"', null],
  ])("of %s is %j", (json, key) => {
    expect(findDuplicateKey(json)).toBe(key);
  });

  it("finds none in what JSON.stringify writes, and one when the last member is written again", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 }), (object) => {
        const json = JSON.stringify(object);
        expect(findDuplicateKey(json)).toBeNull();
        const [key = "", value] = Object.entries(object).at(-1) ?? [];
        const again = `${json.slice(0, -1)},${JSON.stringify(key)}:${JSON.stringify(value)}}`;
        expect(findDuplicateKey(again)).toBe(key);
      }),
      { numRuns: 300 },
    );
  });
});
