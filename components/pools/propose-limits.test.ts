import { describe, expect, it } from "vitest";
import { proposeDtype, proposeSequenceLimit } from "./propose-limits.ts";

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
