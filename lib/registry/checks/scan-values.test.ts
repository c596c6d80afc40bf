import { mkdtemp, open, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { encodeFloats, FLOAT_DTYPES } from "#lib/platform/safetensors/elements.ts";
import { encodeSafetensors } from "#lib/platform/safetensors/encode.ts";
import { parseSafetensorsHeader } from "#lib/platform/safetensors/header.ts";
import { inspectValues, scanValues } from "./scan-values.ts";

describe("inspectValues", () => {
  it.each(FLOAT_DTYPES)("tells NaN, infinity and zero apart in %s", (dtype) => {
    const seen = (values: number[]) => inspectValues(encodeFloats(values, dtype), dtype);
    expect(seen([0, 1.5, -3])).toEqual({ finite: true, zero: false });
    expect(seen([0, -0])).toEqual({ finite: true, zero: true });
    expect(seen([1, Number.NaN])).toEqual({ finite: false, zero: false });
    expect(seen([Number.NEGATIVE_INFINITY])).toEqual({ finite: false, zero: false });
    expect(seen([dtype === "F16" ? 65_504 : 3.3e38])).toEqual({ finite: true, zero: false });
  });
});

describe("scanValues", () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "switchyard-scan-"));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  const scan = async (tensors: [name: string, values: number[]][]) => {
    const bytes = encodeSafetensors(
      tensors.map(([name, values]) => ({
        name,
        dtype: "F16",
        shape: [values.length],
        data: encodeFloats(values, "F16"),
      })),
    );
    const path = join(directory, "w");
    await writeFile(path, bytes);
    const parsed = parseSafetensorsHeader(bytes);
    if (!parsed.ok) throw new Error(parsed.problem.message);
    const handle = await open(path);
    try {
      return await scanValues(handle, parsed.header.tensors);
    } finally {
      await handle.close();
    }
  };

  it("names the tensor with a value that is no number, also at its very end", async () => {
    const { problems } = await scan([
      ["m.lora_A.weight", [1, 2, Number.NaN]],
      ["m.lora_B.weight", [1, 2, 3]],
    ]);
    expect(problems.map(({ tensor }) => tensor)).toEqual(["m.lora_A.weight"]);
  });

  it("sees that an adapter changes nothing only when every module's product is zero", async () => {
    const a = [1, 2];
    const zero = [0, 0];
    const both = (first: number[], second: number[]) =>
      scan([
        ["m.lora_A.weight", a],
        ["m.lora_B.weight", first],
        ["n.lora_A.weight", second],
        ["n.lora_B.weight", a],
      ]);
    expect((await both(zero, zero)).withoutEffect).toBe(true);
    expect((await both(zero, a)).withoutEffect).toBe(false);
    expect((await both(a, a)).withoutEffect).toBe(false);
  });
});
