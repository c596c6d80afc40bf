import { describe, expect, it } from "vitest";
import { readBaseShapes } from "#lib/platform/safetensors/base-shapes.ts";
import { slotBytes } from "./slot-bytes.ts";

const llama8b = readBaseShapes({
  architectures: ["LlamaForCausalLM"],
  hidden_size: 4096,
  intermediate_size: 14_336,
  num_hidden_layers: 32,
  num_attention_heads: 32,
  num_key_value_heads: 8,
  vocab_size: 128_256,
});
const MIB = 1024 ** 2;

describe("slotBytes", () => {
  it.each([
    [16, 88],
    [64, 352],
    [256, 1409],
  ])("gives the figures known for Llama 3 8B at rank %d: %d MiB", (maxLoraRank, mib) => {
    const bytes = slotBytes({ baseShapes: llama8b, maxLoraRank, dtype: "bfloat16" });
    expect(Math.round((bytes ?? 0) / MIB)).toBe(mib);
  });

  it("doubles in float32 and is unknown for unknown shapes", () => {
    const half = slotBytes({ baseShapes: llama8b, maxLoraRank: 16, dtype: "float16" });
    expect(slotBytes({ baseShapes: llama8b, maxLoraRank: 16, dtype: "float32" })).toBe(2 * (half ?? 0));
    expect(slotBytes({ baseShapes: null, maxLoraRank: 16, dtype: "float16" })).toBeNull();
  });
});
