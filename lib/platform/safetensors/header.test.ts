import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { assembleSafetensors, encodeSafetensors } from "./encode.ts";
import { headerExtent, MAX_HEADER_BYTES, parseSafetensorsHeader } from "./header.ts";

const REAL = new URL("../../../e2e/fixtures/adapters/support-bot/adapter_model.safetensors", import.meta.url);

const tensor = (name: string, elements = 4) => ({
  name,
  dtype: "BF16" as const,
  shape: [elements],
  data: new Uint8Array(2 * elements),
});
const problemOf = (bytes: Uint8Array, fileSize?: number) => {
  const result = parseSafetensorsHeader(bytes, fileSize);
  return result.ok ? null : result.problem;
};
/** A file whose header is this text, with `data` bytes behind it. */
const withHeader = (header: string, data = 8) => assembleSafetensors(header, [new Uint8Array(data)]);
const entry = (begin: number, end: number) =>
  `{"dtype":"BF16","shape":[${(end - begin) / 2}],"data_offsets":[${begin},${end}]}`;

describe("parseSafetensorsHeader", () => {
  it("reads a file that PEFT wrote", () => {
    const bytes = readFileSync(REAL);
    const result = parseSafetensorsHeader(bytes);
    if (!result.ok) throw new Error(result.problem.message);
    expect(result.header.metadata).toEqual({ format: "pt" });
    expect(result.header.tensors).toHaveLength(28);
    expect(result.header.tensors.at(-1)?.end).toBe(bytes.byteLength);
  });

  it("needs only the header's own bytes", () => {
    const bytes = readFileSync(REAL);
    const extent = headerExtent(bytes.subarray(0, 8), bytes.byteLength);
    if (!extent.ok) throw new Error(extent.problem.message);
    expect(parseSafetensorsHeader(bytes.subarray(0, extent.bytes), bytes.byteLength).ok).toBe(true);
  });

  it("takes entries in any order, since JSON objects have none", () => {
    const result = parseSafetensorsHeader(withHeader(`{"b":${entry(4, 8)},"a":${entry(0, 4)}}`));
    if (!result.ok) throw new Error(result.problem.message);
    expect(result.header.tensors.map(({ name }) => name)).toEqual(["a", "b"]);
  });

  it.each([
    ["fewer than 8 bytes", new Uint8Array(7), "safetensors_truncated"],
    ["an extra byte at the end", new Uint8Array([...encodeSafetensors([tensor("a")]), 0]), "safetensors_trailing"],
    ["a byte less at the end", encodeSafetensors([tensor("a")]).subarray(0, -1), "safetensors_truncated"],
    ["a header that is a list", withHeader("[1]"), "safetensors_header"],
    ["a header that is cut off", withHeader(`{"a":${entry(0, 8)}`), "safetensors_header"],
    ["the same tensor twice", withHeader(`{"a":${entry(0, 8)},"a":${entry(0, 8)}}`), "safetensors_duplicate_key"],
    [
      "the same key twice in an entry",
      withHeader('{"a":{"dtype":"I8","dtype":"BF16","shape":[4],"data_offsets":[0,8]}}'),
      "safetensors_duplicate_key",
    ],
    ["a hole", withHeader(`{"a":${entry(0, 2)},"b":${entry(4, 8)}}`), "safetensors_overlap"],
    ["an overlap", withHeader(`{"a":${entry(0, 6)},"b":${entry(4, 8)}}`), "safetensors_overlap"],
    [
      "a size that does not follow from the shape",
      withHeader('{"a":{"dtype":"BF16","shape":[3],"data_offsets":[0,8]}}'),
      "safetensors_size",
    ],
    [
      "offsets that run backwards",
      withHeader('{"a":{"dtype":"BF16","shape":[0],"data_offsets":[8,0]}}'),
      "safetensors_size",
    ],
    [
      "a product beyond exact numbers",
      withHeader('{"a":{"dtype":"U8","shape":[9007199254740991,3],"data_offsets":[0,8]}}'),
      "safetensors_size",
    ],
    ["a negative side", withHeader('{"a":{"dtype":"U8","shape":[-2,-4],"data_offsets":[0,8]}}'), "safetensors_header"],
    ["metadata that is not text", withHeader('{"__metadata__":{"step":3}}', 0), "safetensors_header"],
    ["an unknown dtype", withHeader('{"a":{"dtype":"INT4","shape":[4],"data_offsets":[0,8]}}'), "dtype_unsupported"],
  ])("refuses %s", (_what, bytes, code) => {
    expect(problemOf(bytes)?.code).toBe(code);
  });

  it("refuses a claimed header beyond the cap without reading it", () => {
    const bytes = new Uint8Array(16);
    new DataView(bytes.buffer).setBigUint64(0, BigInt(MAX_HEADER_BYTES + 1), true);
    expect(problemOf(bytes, 10 * MAX_HEADER_BYTES)?.code).toBe("safetensors_header_too_large");
  });

  it("refuses more tensors than any adapter has before the parser makes them", () => {
    const many = (count: number, entry: string) => withHeader(`{"a":${entry}${`,"b":${entry}`.repeat(count)}}`, 0);
    expect(problemOf(many(900_000, '{"dtype":[]}'))?.code).toBe("safetensors_too_many_tensors");
    expect(problemOf(withHeader(`{"a":${"[".repeat(3_000_000)}`, 0))?.code).toBe("safetensors_too_many_tensors");
  });

  it("reads names of some megabytes without running out of stack", () => {
    expect(problemOf(withHeader(`{"${"x".repeat(20_000_000)}":1}`, 0))?.code).toBe("safetensors_header");
  });

  it("names the tensor it complains about", () => {
    expect(problemOf(withHeader(`{"a":${entry(0, 2)},"b":${entry(4, 8)}}`))?.tensor).toBe("b");
  });

  it("is not confused by braces, colons and escapes inside names", () => {
    const names = ['a"{":', "b\\", "}{", "\u2028", "__proto__"];
    const result = parseSafetensorsHeader(
      encodeSafetensors(names.map((name) => tensor(name)).filter(({ name }) => name !== "__proto__")),
    );
    expect(result.ok && result.header.tensors.map(({ name }) => name)).toEqual(names.slice(0, -1));
    const proto = withHeader(`{"__proto__":${entry(0, 8)}}`);
    const read = parseSafetensorsHeader(proto);
    expect(read.ok && read.header.tensors.map(({ name }) => name)).toEqual(["__proto__"]);
  });
});

describe("parseSafetensorsHeader, fuzzed", () => {
  it("never throws on any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const result = parseSafetensorsHeader(bytes);
        expect(result.ok || result.problem.message.length > 0).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it("never throws on any JSON as its header", () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(64), (json, data) => {
        const result = parseSafetensorsHeader(withHeader(json, data));
        expect(result.ok || result.problem.message.length > 0).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it("accepts nothing whose tensors do not cover the file exactly, whatever byte of a good file is flipped", () => {
    const good = encodeSafetensors([tensor("a.lora_A.weight"), tensor("a.lora_B.weight", 8)]);
    fc.assert(
      fc.property(fc.nat(good.byteLength - 1), fc.nat(254), (at, change) => {
        const bytes = good.slice();
        bytes[at] = ((bytes[at] ?? 0) + 1 + change) & 0xff;
        const result = parseSafetensorsHeader(bytes);
        if (!result.ok) return;
        const covered = result.header.tensors.reduce((sum, { begin, end }) => sum + end - begin, 0);
        expect(result.header.tensors.at(-1)?.end ?? bytes.byteLength).toBe(bytes.byteLength);
        expect(covered).toBe(24);
      }),
      { numRuns: 2000 },
    );
  });

  it("reads back whatever the encoder writes", () => {
    const names = fc.uniqueArray(
      fc.string({ minLength: 1 }).filter((name) => name !== "__metadata__" && name !== "__proto__"),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(names, (list) => {
        const result = parseSafetensorsHeader(encodeSafetensors(list.map((name, i) => tensor(name, i + 1))));
        expect(result.ok && result.header.tensors.map(({ name }) => name).sort()).toEqual([...list].sort());
      }),
    );
  });
});
