import { describe, expect, it } from "vitest";
import { generateSuite } from "../suites/generator/generate-suite.ts";
import { judgeFit, type Measured, suspects } from "./judge-fit.ts";

const suite = generateSuite({ seed: "acme", count: 200 });
const pool = { poolName: "main", maxModelLen: 2_048, promptCount: 200 };
const measured = (ordinal: number, tokens: number): Measured => ({ ordinal, category: "long_context", tokens });

describe("a suite and a pool's max_model_len", () => {
  it("fit where every prompt leaves room for its answer", () => {
    expect(judgeFit([], pool)).toBeNull();
    expect(judgeFit([measured(1, 2_048 - 256)], pool)).toBeNull();
  });

  it("do not fit otherwise: it says how many prompts, which is the longest, and what to do", () => {
    expect(judgeFit([measured(1, 1_793), measured(7, 1_900), measured(9, 5)], pool)).toBe(
      "2 of 200 prompts are too long for pool main: max_model_len is 2,048 tokens, and an answer needs 256 of them. The longest is prompt 7 (long_context) with 1,900 tokens. Nothing was asked. Use a suite with shorter prompts, or raise max_model_len in the pool's settings.",
    );
    expect(judgeFit([measured(7, 2_049)], pool)).toContain("with more than 2,048 tokens");
  });

  it("are counted only where bytes leave a doubt, the longest first", () => {
    expect(suspects(suite, 131_072)).toEqual([]);
    const doubtful = suspects(suite, 8_192);
    expect(doubtful.length).toBeLessThan(40);
    expect(doubtful.slice(0, 11).some(({ category }) => category === "long_context")).toBe(true);
    expect(suspects(suite, 512)).toHaveLength(200);
  });
});
