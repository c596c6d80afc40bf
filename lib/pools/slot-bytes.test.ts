import { describe, expect, it } from "vitest";
import { slotBytes } from "./slot-bytes.ts";
import { LLAMA_8B } from "./testing/llama-8b.ts";

const MIB = 1024 ** 2;

describe("slotBytes", () => {
  it.each([
    [16, 88],
    [64, 352],
    [256, 1409],
  ])("gives the figures known for Llama 3 8B at rank %d: %d MiB", (maxLoraRank, mib) => {
    const bytes = slotBytes({ baseShapes: LLAMA_8B, maxLoraRank, dtype: "bfloat16" });
    expect(Math.round((bytes ?? 0) / MIB)).toBe(mib);
  });

  it("doubles in float32 and is unknown for unknown shapes", () => {
    const half = slotBytes({ baseShapes: LLAMA_8B, maxLoraRank: 16, dtype: "float16" });
    expect(slotBytes({ baseShapes: LLAMA_8B, maxLoraRank: 16, dtype: "float32" })).toBe(2 * (half ?? 0));
    expect(slotBytes({ baseShapes: null, maxLoraRank: 16, dtype: "float16" })).toBeNull();
  });
});
