import { describe, expect, it } from "vitest";
import { tinyContract } from "../testing/contract.ts";
import { contractMarkdown, groupedOptions, loraConfigSnippet } from "./contract-text.ts";

describe("loraConfigSnippet", () => {
  it("is Python that keeps to the contract", () => {
    expect(loraConfigSnippet(tinyContract())).toBe(
      [
        "from peft import LoraConfig",
        "",
        "lora_config = LoraConfig(",
        '    task_type="CAUSAL_LM",',
        '    base_model_name_or_path="switchyard/tiny-llama",',
        "    r=16,",
        "    lora_alpha=32,  # yours to choose",
        "    lora_dropout=0,  # yours to choose",
        '    target_modules=["down_proj", "gate_proj", "up_proj", "k_proj", "o_proj", "q_proj", "v_proj"],',
        '    bias="none",',
        "    use_dora=False,",
        "    modules_to_save=None,",
        ")",
        "max_length = 4096",
        "",
      ].join("\n"),
    );
  });

  it("names the revision where the pool states one", () => {
    const contract = { ...tinyContract(), baseRevision: "abc123" };
    expect(loraConfigSnippet(contract)).toContain('base_revision = "abc123"');
  });
});

describe("contractMarkdown", () => {
  it("keeps names that somebody typed from becoming Markdown", () => {
    const contract = tinyContract();
    const text = contractMarkdown({ ...contract, pool: { ...contract.pool, name: "A | [b](c) <i>" } });
    expect(text).toContain("# Training contract of the pool A \\| \\[b\\](c) \\<i\\>");
  });

  it("has a row for each rule, module, file and option, each of as many cells as its head", () => {
    const contract = tinyContract();
    const rows = contractMarkdown(contract)
      .split("\n")
      .filter((line) => line.startsWith("| "));
    const expected = [contract.rules, contract.modules ?? [], contract.files, groupedOptions(contract.forbidden)];
    expect(rows).toHaveLength(expected.reduce((sum, list) => sum + list.length + 2, 0));
    for (const row of rows) expect(row.replaceAll("\\|", "").split("|").length - 2).toBeGreaterThanOrEqual(3);
  });
});
