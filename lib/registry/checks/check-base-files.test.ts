import { describe, expect, it } from "vitest";
import { readBaseShapes } from "#lib/platform/safetensors/base-shapes.ts";
import { architectureChecksum, chatTemplateChecksum, tokenizerChecksum } from "#lib/pools/fingerprint.ts";
import { trainingContractOf } from "#lib/pools/training-contract.ts";
import { BASE } from "../testing/adapter-folder.ts";
import { checkBaseFiles } from "./check-base-files.ts";
import type { BaseFileTexts } from "./compared.ts";

const contract = trainingContractOf({
  baseModel: BASE.baseModel,
  baseRevision: null,
  baseAliases: [],
  otherBases: [],
  engineVersions: [],
  architecture: "LlamaForCausalLM",
  architectureChecksum: architectureChecksum(BASE.configJson),
  tokenizerChecksum: tokenizerChecksum(BASE.tokenizerJson),
  chatTemplateChecksum: chatTemplateChecksum(BASE.chatTemplate),
  chatTemplate: BASE.chatTemplate,
  maxLoraRank: 16,
  maxModelLen: 8192,
  dtype: "bfloat16",
  baseShapes: readBaseShapes(BASE.configJson),
});

const good: BaseFileTexts = {
  "config.json": JSON.stringify(BASE.configJson),
  "tokenizer.json": JSON.stringify(BASE.tokenizerJson),
  "tokenizer_config.json": JSON.stringify(BASE.tokenizerConfigJson),
  "chat_template.jinja": BASE.chatTemplate,
};
const problemsOf = (texts: BaseFileTexts, against = contract) =>
  checkBaseFiles(texts, against)
    .findings.filter(({ severity }) => severity === "error")
    .map(({ code, field }) => [code, field]);
const codesOf = (texts: BaseFileTexts, against = contract) =>
  checkBaseFiles(texts, against).findings.map(({ code }) => code);
const without = (name: string): BaseFileTexts =>
  Object.fromEntries(Object.entries(good).filter(([key]) => key !== name));

describe("checkBaseFiles", () => {
  it("takes the base's own files as proof", () => {
    const { findings, checksums } = checkBaseFiles(good, contract);
    expect(findings.map(({ code, severity }) => [code, severity])).toEqual([
      ["architecture_matches", "pass"],
      ["tokenizer_matches", "pass"],
      ["chat_template_matches", "pass"],
    ]);
    expect(checksums).toEqual({
      architectureChecksum: contract.architectureChecksum,
      tokenizerChecksum: contract.tokenizerChecksum,
      chatTemplateChecksum: contract.chatTemplateChecksum,
      sequenceLimit: 8192,
    });
  });

  it("lets the training contract speak for a folder without them", () => {
    expect(codesOf({})).toEqual(["architecture_by_contract", "tokenizer_by_contract", "chat_template_by_contract"]);
    expect(checkBaseFiles({}, contract).checksums).toEqual(checkBaseFiles(good, contract).checksums);
  });

  it("rejects a tokenizer that neither a file nor the contract proves", () => {
    expect(problemsOf({}, { ...contract, tokenizerChecksum: null })).toEqual([
      ["tokenizer_unproven", "tokenizer.json"],
    ]);
    expect(problemsOf({ ...without("tokenizer.json"), "tokenizer.model": "" })).toEqual([
      ["tokenizer_unproven", "tokenizer.json"],
    ]);
  });

  it("proves no tokenizer, not even one in the folder, when the pool states none to compare with", () => {
    expect(problemsOf(good, { ...contract, tokenizerChecksum: null })).toEqual([
      ["tokenizer_unproven", "tokenizer.json"],
    ]);
  });

  it.each([
    [
      "another tokenizer",
      { "tokenizer.json": JSON.stringify({ ...BASE.tokenizerJson, added_tokens: [] }) },
      "tokenizer_mismatch",
      "tokenizer.json",
    ],
    [
      "another architecture",
      { "config.json": JSON.stringify({ ...BASE.configJson, hidden_size: 128 }) },
      "architecture_mismatch",
      "config.json",
    ],
    [
      "another chat template",
      { "chat_template.jinja": `${BASE.chatTemplate} x` },
      "chat_template_mismatch",
      "chat_template.jinja",
    ],
    ["a tokenizer that is no JSON", { "tokenizer.json": "nope" }, "base_file_unreadable", "tokenizer.json"],
    [
      "a tokenizer with broken text",
      { "tokenizer.json": '{"model":{"vocab":{"\\ud800":1}}}' },
      "base_file_unreadable",
      "tokenizer.json",
    ],
    ["a config that is not UTF-8", { "config.json": null }, "base_file_unreadable", "config.json"],
    ["a template that is not UTF-8", { "chat_template.jinja": null }, "base_file_unreadable", "chat_template.jinja"],
    [
      "a tokenizer config that is no JSON",
      { "tokenizer_config.json": "[" },
      "base_file_unreadable",
      "tokenizer_config.json",
    ],
    [
      "a config that names code",
      { "config.json": JSON.stringify({ ...BASE.configJson, auto_map: { AutoModel: "x.Y" } }) },
      "auto_map",
      "config.json#auto_map",
    ],
    [
      "a tokenizer that names code",
      { "tokenizer_config.json": JSON.stringify({ ...BASE.tokenizerConfigJson, auto_map: {} }) },
      "auto_map",
      "tokenizer_config.json#auto_map",
    ],
  ])("refuses %s and nothing else", (_what, change, code, field) => {
    expect(problemsOf({ ...good, ...change })).toEqual([[code, field]]);
  });

  it("finds the chat template in the tokenizer's config too", () => {
    const texts = without("chat_template.jinja");
    const withTemplate = (chat_template: string) => ({
      ...texts,
      "tokenizer_config.json": JSON.stringify({ ...BASE.tokenizerConfigJson, chat_template }),
    });
    expect(codesOf(withTemplate(BASE.chatTemplate))).toContain("chat_template_matches");
    expect(problemsOf(withTemplate("other"))).toEqual([["chat_template_mismatch", "chat_template.jinja"]]);
  });

  it("says so when the pool states no template", () => {
    expect(codesOf(good, { ...contract, chatTemplateChecksum: null })).toContain("chat_template_unchecked");
  });

  it("warns about an adapter trained for shorter prompts, and takes its limit", () => {
    const limited = (model_max_length: number) => ({
      ...good,
      "tokenizer_config.json": JSON.stringify({ ...BASE.tokenizerConfigJson, model_max_length }),
    });
    expect(codesOf(limited(2048))).toContain("sequence_limit_below_pool");
    expect(checkBaseFiles(limited(2048), contract).checksums.sequenceLimit).toBe(2048);
    expect(checkBaseFiles(limited(1e30), contract).checksums.sequenceLimit).toBe(8192);
    expect(checkBaseFiles(limited(131_072), contract).checksums.sequenceLimit).toBe(8192);
  });
});

describe("a pad token that was added for training", () => {
  const withPad = (added: object[], padToken: unknown): BaseFileTexts => ({
    ...good,
    "tokenizer.json": JSON.stringify({
      ...BASE.tokenizerJson,
      added_tokens: [...(BASE.tokenizerJson.added_tokens as object[]), ...added],
    }),
    "tokenizer_config.json": JSON.stringify({ ...BASE.tokenizerConfigJson, pad_token: padToken }),
  });
  const pad = {
    id: 640,
    content: "[PAD]",
    special: true,
    normalized: false,
    single_word: false,
    lstrip: false,
    rstrip: false,
  };

  it.each([["[PAD]"], [{ content: "[PAD]", lstrip: false }]])("named as %j counts as no difference", (name) => {
    const { findings, checksums } = checkBaseFiles(withPad([pad], name), contract);
    expect(findings.map(({ code }) => code)).toContain("tokenizer_pad_added");
    expect(checksums.tokenizerChecksum).toBe(contract.tokenizerChecksum);
  });

  it.each([
    ["another token beside it", [pad, { ...pad, id: 641, content: "[NEW]" }], "[PAD]"],
    ["a token that is not the pad token", [pad], "<|pad|>"],
    ["a word that prompts hold", [{ ...pad, content: "the" }], "the"],
    ["a token of the base as the pad token", [pad], "<|eot_id|>"],
  ])("is refused with %s", (_what, added, name) => {
    expect(problemsOf(withPad(added, name))).toEqual([["tokenizer_mismatch", "tokenizer.json"]]);
  });
});

describe("a chat template with another text", () => {
  const other = { ...good, "chat_template.jinja": `{# the same #}${BASE.chatTemplate}` };
  const verdictOf = (rendered: Parameters<typeof checkBaseFiles>[2]) => {
    const { findings, checksums } = checkBaseFiles(other, contract, rendered);
    const finding = findings.find(({ code }) => code.startsWith("chat_template"));
    return { code: finding?.code, message: finding?.message, checksum: checksums.chatTemplateChecksum };
  };

  it("passes as the pool's when it renders the same", () => {
    expect(verdictOf({ kind: "same", compared: 14 })).toMatchObject({
      code: "chat_template_renders_same",
      checksum: contract.chatTemplateChecksum,
    });
  });

  it.each([
    [{ kind: "differs", sample: { pool: "a", adapter: "b" } } as const, "differently"],
    [{ kind: "unclear", why: "no end" } as const, "no end"],
    [null, "keeps no text"],
  ])("is refused otherwise, with the reason: %j", (rendered, why) => {
    expect(verdictOf(rendered)).toMatchObject({
      code: "chat_template_mismatch",
      message: expect.stringContaining(why),
      checksum: chatTemplateChecksum(other["chat_template.jinja"]),
    });
  });
});
