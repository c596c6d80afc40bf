import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { proposeCpuCache, proposeDtype, proposeSequenceLimit } from "./propose-limits.ts";

describe("proposeCpuCache", () => {
  it("holds 1.2 adapters a tenant, rounded up", () => {
    expect(proposeCpuCache(40, 12)).toBe(48);
    expect(proposeCpuCache(41, 12)).toBe(50);
  });

  it("never holds fewer than the GPU slots, which vLLM refuses", () => {
    expect(proposeCpuCache(0, 12)).toBe(12);
    fc.assert(
      fc.property(fc.nat(5000), fc.integer({ min: 1, max: 512 }), (tenants, slots) => {
        const places = proposeCpuCache(tenants, slots);
        expect(places).toBeGreaterThanOrEqual(slots);
        expect(places * 10).toBeGreaterThanOrEqual(tenants * 12);
      }),
    );
  });
});

describe("proposeSequenceLimit", () => {
  it("stays within the base model's positions", () => {
    expect(proposeSequenceLimit({ max_position_embeddings: 131_072 })).toBe(8192);
    expect(proposeSequenceLimit({ max_position_embeddings: 2048 })).toBe(2048);
    expect(proposeSequenceLimit(null)).toBe(8192);
  });
});

describe("proposeDtype", () => {
  const known = ["bfloat16", "float16"] as const;
  it("reads the name of both generations of transformers", () => {
    expect(proposeDtype({ torch_dtype: "float16" }, known)).toBe("float16");
    expect(proposeDtype({ dtype: "bfloat16" }, known)).toBe("bfloat16");
  });

  it("proposes nothing for what vLLM cannot serve LoRA in", () => {
    expect(proposeDtype({ dtype: "float8_e4m3fn" }, known)).toBeNull();
    expect(proposeDtype(null, known)).toBeNull();
  });
});
