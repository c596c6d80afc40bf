import { describe, expect, it } from "vitest";
import type { PoolRules } from "../browser/check-against-pool.ts";
import { checkFolder } from "../browser/check-folder.ts";
import { folderFiles, withKey } from "../testing/adapter-folder.ts";
import { BASES, PEFT_ADAPTERS, peftFolder, poolOf, type TinyBase } from "../testing/architectures.ts";

const codes = async (folder: ReturnType<typeof peftFolder>, pool: PoolRules, severity: "error" | "note" = "error") => {
  const { findings } = await checkFolder(folderFiles(folder), pool);
  return findings.filter((finding) => finding.severity === severity).map(({ code }) => code);
};

describe("adapters that PEFT saved for five architectures", () => {
  it.each(PEFT_ADAPTERS)("%s passes on its own base %s", async (name, base) => {
    const { findings, facts } = await checkFolder(folderFiles(peftFolder(name)), poolOf(base));
    expect(findings.filter(({ severity }) => severity === "error" || severity === "warning")).toEqual([]);
    expect(findings.map(({ code }) => code)).toContain("shapes_match");
    expect(facts).toMatchObject({ rank: 8, alpha: 16, dtype: "bfloat16" });
  });

  const mismatched = PEFT_ADAPTERS.flatMap(([name, own]) =>
    BASES.filter((base) => base !== own).map((base) => [name, base] as const),
  );

  it.each(mismatched)("%s fails on %s", async (name, base) => {
    expect(await codes(peftFolder(name), poolOf(base))).toContain("base_model_mismatch");
  });

  /** What the tensors alone give away, once the config's name has been made to fit; a base that is not here fits. */
  const DIFFERENCES: Readonly<Record<TinyBase, Readonly<Partial<Record<TinyBase, readonly string[]>>>>> = {
    llama: { qwen2: ["shape_too_small"], qwen3: ["shape_too_small"], gemma2: ["shape_too_small"] },
    mistral: { qwen2: ["shape_too_small"], qwen3: ["shape_too_small"], gemma2: ["shape_too_small"] },
    qwen2: {
      llama: ["shape_too_large"],
      mistral: ["shape_too_large"],
      qwen3: ["shape_too_small"],
      gemma2: ["shape_too_small"],
    },
    qwen3: {
      llama: ["shape_too_large"],
      mistral: ["shape_too_large"],
      qwen2: ["shape_too_large"],
      gemma2: ["shape_too_large", "shape_too_small"],
    },
    gemma2: {
      llama: ["shape_too_large"],
      mistral: ["shape_too_large"],
      qwen2: ["shape_too_large"],
      qwen3: ["shape_too_large", "shape_too_small"],
    },
  };
  const renamed = BASES.flatMap((own) => BASES.filter((base) => base !== own).map((base) => [own, base] as const));

  it.each(renamed)("%s under the name of %s is known by its shapes, unless they are the same", async (own, base) => {
    const folder = withKey(peftFolder(own), "adapter_config.json", "base_model_name_or_path", poolOf(base).baseModel);
    const found = await codes(folder, poolOf(base));
    expect([...new Set(found)].sort()).toEqual([...(DIFFERENCES[own][base] ?? [])]);
  });

  it("embeddings take a LoRA on Llama and Qwen 3 only, as vLLM 0.32 has it; copies of base weights are skipped", async () => {
    expect(await codes(peftFolder("llama-embeddings"), poolOf("llama"), "note")).toContain("base_weights_skipped");
    expect(await codes(peftFolder("gemma2-embeddings"), poolOf("gemma2"))).toContain("unknown_module");
    const onMistral = withKey(
      peftFolder("llama-embeddings"),
      "adapter_config.json",
      "base_model_name_or_path",
      poolOf("mistral").baseModel,
    );
    expect(await codes(onMistral, poolOf("mistral"))).toEqual(["unknown_module"]);
  });
});
