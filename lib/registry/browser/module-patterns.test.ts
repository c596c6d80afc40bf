import { describe, expect, it } from "vitest";
import { highestRank, isPlainPattern, patternSupport, patternValue } from "./module-patterns.ts";

const Q0 = "model.layers.0.self_attn.q_proj";

describe("patternValue takes the first key that fits from a dot on, as PEFT does", () => {
  it.each([
    [{ q_proj: 8 }, Q0, 8],
    [{ proj: 8 }, Q0, 16],
    [{ "self_attn.q_proj": 4 }, Q0, 4],
    [{ "model\\.layers\\.0\\.self_attn\\.[qk]_proj": 2 }, Q0, 2],
    [{ "model\\.layers\\.0\\.self_attn\\.[qk]_proj": 2 }, "model.layers.1.self_attn.q_proj", 16],
    [{ "layers.(0|1).+": 4 }, "model.layers.1.mlp.up_proj", 4],
    [{ "^model.layers.0.self_attn.q_proj": 4 }, Q0, 4],
    [{ v_proj: 1, q_proj: 2, "self_attn.q_proj": 4 }, Q0, 2],
    [null, Q0, 16],
  ])("%j on %s is %d", (pattern, path, value) => {
    expect(patternValue(pattern, path, 16)).toBe(value);
  });
});

it("costs no time, whatever stands in the file", () => {
  expect(patternValue({ "(a+)+$": 8 }, "a".repeat(100), 16)).toBe(16);
  expect(patternValue({ ".*.*.*.*q": 8 }, `${".".repeat(100)}`, 16)).toBe(16);
  expect(patternValue({ ".+q": 8 }, `${"a.".repeat(100_000)}q`, 16)).toBe(16);
});

describe("isPlainPattern", () => {
  it.each(["q_proj", "layers\\.\\d+\\.mlp", "(q|v)_proj", ".*layers.1.q_proj", "^lm_head$"])("takes %s", (key) => {
    expect(isPlainPattern(key)).toBe(true);
  });
  it.each(["(a+)+$", "(.*)*q", ".*.*q", "(?=x)", "a{1,9}", "(q_proj", "x".repeat(201), "q proj", "(a|a)*"])(
    "does not evaluate %s",
    (key) => expect(isPlainPattern(key)).toBe(false),
  );
});

describe("patternSupport follows the releases of the pool's nodes", () => {
  it.each([
    [["0.32.0"], true, ""],
    [["0.32.0", "0.33.1"], true, ""],
    [["0.32.0", "0.27.1"], false, "vLLM 0.27.1"],
    [["0.32.0", null], false, "has not said its release"],
    [["unknown"], false, "has not said its release"],
    [[], false, "no node yet"],
  ])("%j", (versions, isHonoured, why) => {
    const support = patternSupport(versions);
    expect(support.isHonoured).toBe(isHonoured);
    expect("why" in support ? support.why : "").toContain(why);
  });
});

it("highestRank is what a slot must hold", () => {
  expect(highestRank(8, { down_proj: 16, q_proj: 4 })).toBe(16);
  expect(highestRank(8, null)).toBe(8);
});
