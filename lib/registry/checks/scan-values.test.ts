import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { decodeFloats, encodeFloats, FLOAT_DTYPES, type FloatDtype } from "#lib/platform/safetensors/elements.ts";
import { encodeSafetensors } from "#lib/platform/safetensors/encode.ts";
import { parseSafetensorsHeader } from "#lib/platform/safetensors/header.ts";
import { scanValues } from "./scan-values.ts";

describe("scanValues", () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "switchyard-scan-"));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  const scan = async (tensors: [name: string, values: number[]][], dtype: FloatDtype = "F16") => {
    const bytes = encodeSafetensors(
      tensors.map(([name, values]) => ({
        name,
        dtype,
        shape: [values.length],
        data: encodeFloats(values, dtype),
      })),
    );
    const path = join(directory, "w");
    await writeFile(path, bytes);
    const parsed = parseSafetensorsHeader(bytes);
    if (!parsed.ok) throw new Error(parsed.problem.message);
    return scanValues(path, parsed.header.tensors);
  };

  it.each(FLOAT_DTYPES)("tells NaN, infinity and zero apart in %s, and gives the norms of A and B", async (dtype) => {
    const large = dtype === "F16" ? 65_504 : 3.3e38;
    const most = decodeFloats(encodeFloats([large], dtype), dtype)[0];
    const scanned = await scan(
      [
        ["nan.lora_A.weight", [1, Number.NaN]],
        ["nan.lora_B.weight", [Number.NEGATIVE_INFINITY]],
        ["zero.lora_A.weight", [0, -0]],
        ["zero.lora_B.weight", [1, 1, 1]],
        ["full.lora_A.weight", [3, -4, 0]],
        ["full.lora_B.weight", [large]],
        ["lone.lora_A.weight", [2]],
      ],
      dtype,
    );
    expect(scanned.problems.map(({ tensor }) => tensor)).toEqual(["nan.lora_A.weight", "nan.lora_B.weight"]);
    expect(scanned.zeroModules).toEqual(["zero"]);
    expect(scanned.norms).toEqual({ zero: [0, Math.sqrt(3)], full: [5, most] });
  });

  it("reads tensors larger than a block, and ones that stand at an odd byte", async () => {
    const values = Array.from({ length: 2_100_001 }, (_, i) => (i === 2_100_000 ? Number.NaN : 1));
    const bytes = encodeSafetensors([
      { name: "m.lora_A.weight", dtype: "BF16", shape: [values.length], data: encodeFloats(values, "BF16") },
    ]);
    const path = join(directory, "w");
    await writeFile(path, new Uint8Array([0, ...bytes]));
    const parsed = parseSafetensorsHeader(bytes);
    if (!parsed.ok) throw new Error(parsed.problem.message);
    const moved = parsed.header.tensors.map((tensor) => ({ ...tensor, begin: tensor.begin + 1, end: tensor.end + 1 }));
    expect((await scanValues(path, moved)).problems).toHaveLength(1);
    const shorter = moved.map((tensor) => ({ ...tensor, end: tensor.end - 2 }));
    expect((await scanValues(path, shorter)).problems).toEqual([]);
  });

  it("names the tensor with a value that is no number, also at its very end", async () => {
    const { problems } = await scan([
      ["m.lora_A.weight", [1, 2, Number.NaN]],
      ["m.lora_B.weight", [1, 2, 3]],
    ]);
    expect(problems.map(({ tensor }) => tensor)).toEqual(["m.lora_A.weight"]);
  });

  it("names the modules whose product is zero", async () => {
    const a = [1, 2];
    const zero = [0, 0];
    const both = (first: number[], second: number[]) =>
      scan([
        ["m.lora_A.weight", a],
        ["m.lora_B.weight", first],
        ["n.lora_A.weight", second],
        ["n.lora_B.weight", a],
      ]);
    expect(await both(zero, zero)).toMatchObject({ modules: ["m", "n"], zeroModules: ["m", "n"] });
    expect(await both(zero, a)).toMatchObject({ modules: ["m", "n"], zeroModules: ["m"] });
    expect(await both(a, a)).toMatchObject({ modules: ["m", "n"], zeroModules: [] });
  });
});
