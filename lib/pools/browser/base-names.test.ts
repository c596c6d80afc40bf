import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aliasProblem, judgeBaseName, matchesAlias, stemOf } from "./base-names.ts";

const INSTRUCT = {
  baseModel: "meta-llama/Llama-3.1-8B-Instruct",
  baseAliases: ["unsloth/Meta-Llama-3.1-8B-Instruct-bnb-4bit", "/models/llama-*-instruct"],
  otherBases: ["Qwen/Qwen3-8B", "acme/house-model", "acme/house-model-*"],
};

describe("judgeBaseName", () => {
  it.each([
    ["meta-llama/Llama-3.1-8B-Instruct", { kind: "same" }],
    [" meta-llama/Llama-3.1-8B-Instruct ", { kind: "same" }],
    ["unsloth/Meta-Llama-3.1-8B-Instruct-bnb-4bit", { kind: "alias", alias: INSTRUCT.baseAliases[0] }],
    ["/models/llama-8b-instruct", { kind: "alias", alias: INSTRUCT.baseAliases[1] }],
    ["", { kind: "unknown" }],
    ["meta-llama/Llama-3.1-8B-Instruct/", { kind: "unknown" }],
    ["unsloth/Llama-3.1-8B-Instruct-unsloth-bnb-4bit", { kind: "unknown" }],
    ["/workspace/outputs/checkpoint-500", { kind: "unknown" }],
    ["/root/.cache/hub/models--meta-llama--Llama-3.1-8B-Instruct/snapshots/0e9e39f2", { kind: "unknown" }],
    ["someone/another-llama", { kind: "unknown" }],
    ["meta-llama/Llama-3.1-8B", { kind: "other", base: "llama-3.1-8b" }],
    ["unsloth/Meta-Llama-3.1-8B-bnb-4bit", { kind: "other", base: "llama-3.1-8b" }],
    ["C:\\models\\Meta-Llama-3.1-8B\\", { kind: "other", base: "llama-3.1-8b" }],
    ["/root/.cache/hub/models--meta-llama--Llama-3.1-8B/snapshots/0e9e39f2", { kind: "other", base: "llama-3.1-8b" }],
    ["meta-llama/Meta-Llama-3-8B-Instruct", { kind: "other", base: "llama-3-8b-instruct" }],
    ["NousResearch/Hermes-3-Llama-3.1-8B", { kind: "other", base: "hermes-3-llama-3.1-8b" }],
    ["Qwen/Qwen3-8B", { kind: "other", base: "Qwen/Qwen3-8B" }],
    ["unsloth/Qwen3-8B-bnb-4bit", { kind: "other", base: "Qwen/Qwen3-8B" }],
    ["acme/house-model-2026", { kind: "other", base: "acme/house-model-*" }],
  ])("%j", (name, verdict) => {
    expect(judgeBaseName(name, INSTRUCT)).toEqual(verdict);
  });

  it("tells variants of a family that no list has", () => {
    const names = { baseModel: "switchyard/tiny-llama", baseAliases: [], otherBases: [] };
    expect(judgeBaseName("switchyard/tiny-llama-instruct", names)).toMatchObject({ kind: "other" });
    expect(judgeBaseName("switchyard/tiny-llama-4bit", names)).toEqual({ kind: "unknown" });
  });

  it("ends in no time for any text, however it is built", () => {
    const hostile = `${"-hf".repeat(300_000)}${"/".repeat(300_000)}`;
    expect(judgeBaseName(hostile, INSTRUCT)).toEqual({ kind: "unknown" });
    fc.assert(fc.property(fc.string(), (name) => typeof judgeBaseName(name, INSTRUCT).kind === "string"));
  });
});

describe("matchesAlias", () => {
  it("agrees with a regular expression in which only * is special", () => {
    const part = fc.string({ unit: fc.constantFrom("a", "b", ".", "/"), maxLength: 6 });
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 4 }), part, (parts, name) => {
        const pattern = new RegExp(`^${parts.map((text) => text.replaceAll(".", "\\.")).join(".*")}$`);
        expect(matchesAlias(parts.join("*"), name)).toBe(pattern.test(name));
      }),
    );
  });
});

describe("stemOf", () => {
  it.each([
    ["unsloth/Meta-Llama-3.1-8B-Instruct-unsloth-bnb-4bit", "llama-3.1-8b-instruct"],
    ["meta-llama/Llama-2-7b-hf", "llama-2-7b"],
    ["Qwen/Qwen2.5-7B-Instruct-GPTQ-Int4", "qwen2.5-7b-instruct"],
    ["./", ""],
    ["", ""],
  ])("%j", (name, stem) => expect(stemOf(name)).toBe(stem));
});

describe("aliasProblem", () => {
  it.each([
    ["unsloth/Llama-3.1-8B-Instruct-bnb-4bit", null],
    ["", null],
    ["/workspace/outputs/*", null],
    ["*", "alias_too_wide"],
    ["a*b*", "alias_too_wide"],
    ["meta-llama/Llama-3.1-8B-Instruct", "alias_is_base"],
    ["meta-llama/Llama-3.1-8B", "alias_is_other_base"],
    ["Qwen/*", "alias_is_other_base"],
    ["acme/house-model-2026", "alias_is_other_base"],
  ])("%j", (alias, code) => {
    expect(aliasProblem(alias, INSTRUCT)?.code ?? null).toBe(code);
  });

  it("lets a pool of a mirror have the name of the model it mirrors", () => {
    const mirror = { baseModel: "acme/mirror-7", otherBases: ["Qwen/Qwen3-8B"] };
    expect(aliasProblem("meta-llama/Llama-3.1-8B-Instruct", mirror)).toBeNull();
    expect(aliasProblem("unsloth/Qwen3-8B", mirror)?.code).toBe("alias_is_other_base");
  });
});
