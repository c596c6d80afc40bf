import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { decodeFloats } from "./elements.ts";
import { parseSafetensorsHeader } from "./header.ts";
import { type SeededAdapter, writeSeededAdapter } from "./seeded-adapter.ts";

const FIXTURES = new URL("../../../e2e/fixtures/", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, FIXTURES));
const baseConfig: Record<string, unknown> = JSON.parse(read("tiny-llama/config.json").toString());
const spec: SeededAdapter = { seed: "acme", baseModel: "switchyard/tiny-llama", baseConfig, rank: 16, alpha: 32 };

const weightsOf = (changes: Partial<SeededAdapter> = {}) => {
  const bytes = writeSeededAdapter({ ...spec, ...changes }).files.get("adapter_model.safetensors");
  if (!bytes) throw new Error("no weights");
  const result = parseSafetensorsHeader(bytes);
  if (!result.ok) throw new Error(result.problem.message);
  return { bytes, tensors: result.header.tensors };
};

describe("writeSeededAdapter", () => {
  it("has the very layout of an adapter that PEFT trained on the same base", () => {
    const peft = parseSafetensorsHeader(read("adapters/support-bot/adapter_model.safetensors"));
    if (!peft.ok) throw new Error(peft.problem.message);
    expect(weightsOf().tensors).toEqual(peft.header.tensors);
  });

  it("has the very config of an adapter that PEFT trained on the same base", () => {
    const config = writeSeededAdapter(spec).files.get("adapter_config.json");
    const peft = JSON.parse(read("adapters/support-bot/adapter_config.json").toString());
    expect(JSON.parse(new TextDecoder().decode(config))).toEqual(peft);
  });

  it("gives equal bytes for equal seeds and other bytes for another", () => {
    expect(weightsOf().bytes).toEqual(weightsOf().bytes);
    expect(weightsOf({ seed: "acme-2" }).bytes).not.toEqual(weightsOf().bytes);
  });

  it("adds about half of what the input varies by, at any rank and alpha", () => {
    for (const [rank, alpha] of [
      [16, 32],
      [8, 8],
      [64, 16],
    ] as const) {
      const { bytes, tensors } = weightsOf({ rank, alpha });
      const values = (name: string) => {
        const tensor = tensors.find((candidate) => candidate.name.endsWith(`layers.0.mlp.up_proj.${name}.weight`));
        return decodeFloats(bytes.subarray(tensor?.begin, tensor?.end), "BF16");
      };
      const [a, b] = [values("lora_A"), values("lora_B")];
      const inputs = a.length / rank;
      let squares = 0;
      for (let out = 0; out < b.length / rank; out += 1)
        for (let at = 0; at < inputs; at += 1) {
          let sum = 0;
          for (let k = 0; k < rank; k += 1) sum += (b[out * rank + k] ?? 0) * (a[k * inputs + at] ?? 0);
          squares += ((alpha / rank) * sum) ** 2;
        }
      expect(Math.sqrt(squares / (b.length / rank))).toBeGreaterThan(0.35);
      expect(Math.sqrt(squares / (b.length / rank))).toBeLessThan(0.65);
    }
  });

  it("can have no effect at all", () => {
    const { bytes, tensors } = weightsOf({ zeroB: true });
    for (const { name, begin, end } of tensors)
      expect(decodeFloats(bytes.subarray(begin, end), "BF16").every((value) => value === 0)).toBe(
        name.includes("lora_B"),
      );
  });
});
