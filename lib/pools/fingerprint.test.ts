import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  architectureChecksum,
  chatTemplateChecksum,
  chatTemplateOf,
  FingerprintError,
  tokenizerChecksum,
} from "./fingerprint.ts";

type Json = Record<string, unknown>;
const FIXTURES = new URL("../../e2e/fixtures/", import.meta.url);
const readJson = (path: string): Json => JSON.parse(readFileSync(new URL(path, FIXTURES), "utf8"));
const config = readJson("tiny-llama/config.json");
const tokenizer = readJson("tiny-llama/tokenizer.json");
const model = tokenizer.model as Json;

describe("architectureChecksum", () => {
  it.each([
    "architectures",
    "hidden_size",
    "intermediate_size",
    "num_hidden_layers",
    "num_attention_heads",
    "num_key_value_heads",
    "head_dim",
    "vocab_size",
    "tie_word_embeddings",
  ])("changes with %s", (key) => {
    const other = {
      ...config,
      [key]: key === "architectures" ? ["MistralForCausalLM"] : key === "tie_word_embeddings" ? true : 7,
    };
    expect(architectureChecksum(other)).not.toBe(architectureChecksum(config));
  });

  it("ignores what fixes no shape, and the order of keys", () => {
    const other = Object.fromEntries(
      Object.entries({ ...config, rms_norm_eps: 1, transformers_version: "4.40.0" }).reverse(),
    );
    expect(architectureChecksum(other)).toBe(architectureChecksum(config));
  });

  it("takes transformers' defaults for what older files leave out", () => {
    const { head_dim, num_key_value_heads, tie_word_embeddings, ...old }: Json = config;
    expect(architectureChecksum(old)).toBe(architectureChecksum({ ...config, num_key_value_heads: 2 }));
  });
});

describe("tokenizerChecksum", () => {
  it("is the same for the copy a trainer left beside an adapter", () => {
    expect(tokenizerChecksum(readJson("adapters/support-bot/tokenizer.json"))).toBe(tokenizerChecksum(tokenizer));
  });

  it("takes merges in the old form and the new as equal", () => {
    const merges = model.merges as ([string, string] | string)[];
    const text = merges.map((merge) => (typeof merge === "string" ? merge : merge.join(" ")));
    const pairs = text.map((merge) => [merge.slice(0, merge.indexOf(" ", 1)), merge.slice(merge.indexOf(" ", 1) + 1)]);
    const withMerges = (list: unknown) => ({ ...tokenizer, model: { ...model, merges: list } });
    expect(tokenizerChecksum(withMerges(text))).toBe(tokenizerChecksum(withMerges(pairs)));
    expect(tokenizerChecksum(withMerges(text))).toBe(tokenizerChecksum(tokenizer));
  });

  it.each([
    ["a renamed token", { model: { ...model, vocab: { ...(model.vocab as Json), zzzz: 1 } } }],
    ["a merge less", { model: { ...model, merges: (model.merges as unknown[]).slice(1) } }],
    [
      "an added token",
      { added_tokens: [...(tokenizer.added_tokens as unknown[]), { id: 640, content: "<tool>", special: true }] },
    ],
    ["another normaliser", { normalizer: { type: "NFKC" } }],
    ["another pre-tokeniser", { pre_tokenizer: { type: "Whitespace" } }],
  ])("changes with %s", (_what, change) => {
    expect(tokenizerChecksum({ ...tokenizer, ...change })).not.toBe(tokenizerChecksum(tokenizer));
  });

  it("ignores padding and truncation, which trainers set as they like", () => {
    expect(tokenizerChecksum({ ...tokenizer, truncation: { max_length: 512 }, padding: {} })).toBe(
      tokenizerChecksum(tokenizer),
    );
  });

  it("refuses text that is not Unicode and nesting without end", () => {
    let deep: unknown = [];
    for (let i = 0; i < 100_000; i += 1) deep = [deep];
    expect(() => tokenizerChecksum({ model: { vocab: { "\ud800": 1 } } })).toThrow(FingerprintError);
    expect(() => tokenizerChecksum({ normalizer: deep })).toThrow(FingerprintError);
  });
});

describe("chatTemplateOf", () => {
  it("prefers the file, then the text in the tokenizer's config, then the one named default", () => {
    const named = {
      chat_template: [
        { name: "tool_use", template: "t" },
        { name: "default", template: "d" },
      ],
    };
    expect(chatTemplateOf({ jinja: "file", tokenizerConfig: { chat_template: "text" } })).toBe("file");
    expect(chatTemplateOf({ tokenizerConfig: { chat_template: "text" } })).toBe("text");
    expect(chatTemplateOf({ tokenizerConfig: named })).toBe("d");
    expect(chatTemplateOf({ tokenizerConfig: {} })).toBeNull();
  });

  it("does not tell line ends apart", () => {
    expect(chatTemplateChecksum("a\r\nb\n")).toBe(chatTemplateChecksum("a\nb"));
    expect(chatTemplateChecksum("a\nb")).not.toBe(chatTemplateChecksum("a b"));
  });
});
