import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeFloats } from "#lib/platform/safetensors/elements.ts";
import { writeSeededAdapter } from "#lib/platform/safetensors/seeded-adapter.ts";
import {
  BASE,
  type Folder,
  folderFiles,
  goodFolder,
  POOL_RULES,
  withFile,
  withHeaderText,
  withKey,
  withoutFile,
  withTensor,
  withTensors,
} from "../testing/adapter-folder.ts";
import type { PoolRules } from "./check-against-pool.ts";
import { checkFolder } from "./check-folder.ts";
import { REFUSED_SETTINGS } from "./refused-settings.ts";

const CONFIG = "adapter_config.json";
const WEIGHTS = "adapter_model.safetensors";
const LAYER = "base_model.model.model.layers.0";

const problemsOf = async (folder: Folder, pool: PoolRules = POOL_RULES) => {
  const { findings } = await checkFolder(folderFiles(folder), pool);
  return findings.filter(({ severity }) => severity === "error").map(({ code, field }) => [code, field]);
};
const codesOf = async (folder: Folder, pool: PoolRules = POOL_RULES) =>
  (await checkFolder(folderFiles(folder), pool)).findings.map(({ code }) => code);

const good = goodFolder("support-bot");
const rename = (from: string, to: string) =>
  withTensors(good, (tensors) => tensors.map((tensor) => ({ ...tensor, name: tensor.name.replace(from, to) })));
/** One more row of zeros at the end of a tensor. */
const longer = (ending: string) =>
  withTensor(good, ending, ({ shape, data, ...tensor }) => {
    const [rows = 0, columns = 0] = shape;
    const grown = new Uint8Array(data.byteLength + 2 * columns);
    grown.set(data);
    return { ...tensor, shape: [rows + 1, columns], data: grown };
  });

describe("checkFolder on what PEFT wrote", () => {
  it.each(["support-bot", "billing-helper"] as const)("accepts %s with every proof", async (name) => {
    const { findings, facts } = await checkFolder(folderFiles(goodFolder(name)), POOL_RULES);
    expect(findings.map(({ code, severity }) => [code, severity])).toEqual([
      ["files_complete", "pass"],
      ["config_valid", "pass"],
      ["rank_fits", "pass"],
      ["base_model_matches", "pass"],
      ["safetensors_sound", "pass"],
      ["shapes_match", "pass"],
    ]);
    expect(facts).toMatchObject({
      rank: 16,
      alpha: 32,
      rsLora: false,
      baseModel: "switchyard/tiny-llama",
      dtype: "bfloat16",
    });
    expect(facts?.tensors).toHaveLength(28);
    expect(facts?.targetModules).toEqual(["down_proj", "gate_proj", "k_proj", "o_proj", "q_proj", "up_proj", "v_proj"]);
  });

  it("accepts names without PEFT's outer prefix, as vLLM does", async () => {
    expect(await problemsOf(rename("base_model.model.", ""))).toEqual([]);
  });

  it("accepts LoRA on embeddings and head in the forms PEFT gives them", async () => {
    const bf16 = (elements: number) => encodeFloats(new Float32Array(elements).fill(0.1), "BF16");
    const tensor = (name: string, shape: [number, number]) => ({
      name: `base_model.model.${name}`,
      dtype: "BF16" as const,
      shape,
      data: bf16(shape[0] * shape[1]),
    });
    const folder = withTensors(good, (tensors) => [
      ...tensors,
      tensor("model.embed_tokens.lora_embedding_A", [16, 640]),
      tensor("model.embed_tokens.lora_embedding_B", [64, 16]),
      tensor("lm_head.lora_A.weight", [16, 64]),
      tensor("lm_head.lora_B.weight", [640, 16]),
      tensor("lm_head.base_layer.weight", [640, 64]),
    ]);
    expect(await problemsOf(folder)).toEqual([]);
    expect(await codesOf(folder)).toContain("base_weights_skipped");
  });
});

/** Each differs from support-bot in exactly one fact. */
const BAD: [what: string, folder: Folder, code: string, field: string][] = [
  ["no config", withoutFile(good, CONFIG), "missing_file", CONFIG],
  ["no weights", withoutFile(good, WEIGHTS), "missing_file", WEIGHTS],
  ["a pickle beside the weights", withFile(good, "adapter_model.bin", "x"), "pickle_refused", "adapter_model.bin"],
  ["another pickle", withFile(good, "pytorch_model.bin", "x"), "pickle_refused", "pytorch_model.bin"],
  ["a pickle in a folder", withFile(good, "state/optimizer.pt", "x"), "pickle_refused", "state/optimizer.pt"],
  ["a step out of a checkpoint", withFile(good, "checkpoint-1/../x.pt", "x"), "file_name_path", "checkpoint-1/../x.pt"],
  [
    "shards",
    withFile(good, "adapter_model-00001-of-00002.safetensors", "x"),
    "unexpected_weights",
    "adapter_model-00001-of-00002.safetensors",
  ],
  [
    "added embeddings",
    withFile(good, "new_embeddings.safetensors", "x"),
    "unexpected_weights",
    "new_embeddings.safetensors",
  ],
  ["an empty config", withFile(good, CONFIG, ""), "empty_file", CONFIG],
  ["a config that is no JSON", withFile(good, CONFIG, "{'r': 16}"), "config_not_json", CONFIG],
  ["a config that is a list", withFile(good, CONFIG, "[]"), "config_not_json", CONFIG],
  ["a config that is not UTF-8", withFile(good, CONFIG, new Uint8Array([0x7b, 0xff, 0x7d])), "config_not_json", CONFIG],
  ["another PEFT method", withKey(good, CONFIG, "peft_type", "IA3"), "peft_type_unsupported", `${CONFIG}#peft_type`],
  ["no rank", withKey(good, CONFIG, "r", undefined), "rank_invalid", `${CONFIG}#r`],
  ["a rank of zero", withKey(good, CONFIG, "r", 0), "rank_invalid", `${CONFIG}#r`],
  ["no alpha", withKey(good, CONFIG, "lora_alpha", null), "alpha_invalid", `${CONFIG}#lora_alpha`],
  [
    "no target modules",
    withKey(good, CONFIG, "target_modules", null),
    "target_modules_invalid",
    `${CONFIG}#target_modules`,
  ],
  [
    "a base model that is no text",
    withKey(good, CONFIG, "base_model_name_or_path", ["a"]),
    "config_field",
    `${CONFIG}#base_model_name_or_path`,
  ],
  [
    "another base model",
    withKey(good, CONFIG, "base_model_name_or_path", "meta-llama/Llama-3.1-8B-Instruct"),
    "base_model_mismatch",
    `${CONFIG}#base_model_name_or_path`,
  ],
  [
    "a base that PiSSA changed",
    withKey(good, CONFIG, "init_lora_weights", "pissa_niter_4"),
    "base_changed",
    `${CONFIG}#init_lora_weights`,
  ],
  [
    "a rank other than the tensors'",
    withKey(good, CONFIG, "r", 8),
    "rank_mismatch",
    `${WEIGHTS}#${LAYER}.mlp.down_proj.lora_A.weight`,
  ],
  [
    "truncated weights",
    withFile(good, WEIGHTS, (good.get(WEIGHTS) ?? new Uint8Array()).slice(0, -100)),
    "safetensors_truncated",
    WEIGHTS,
  ],
  [
    "weights with a tail",
    withFile(good, WEIGHTS, new Uint8Array([...(good.get(WEIGHTS) ?? []), 0x50, 0x4b])),
    "safetensors_trailing",
    WEIGHTS,
  ],
  [
    "a tensor of an unknown format",
    withHeaderText(good, (json) => json.replace('"BF16"', '"XX16"')),
    "dtype_unsupported",
    `${WEIGHTS}#${LAYER}.mlp.down_proj.lora_A.weight`,
  ],
  [
    "a tensor of whole numbers",
    withHeaderText(good, (json) => json.replace('"BF16"', '"I16"')),
    "dtype_unsupported",
    `${WEIGHTS}#${LAYER}.mlp.down_proj.lora_A.weight`,
  ],
  [
    "overlapping tensors",
    withHeaderText(good, (json) => json.replace("[4096,6144]", "[4094,6142]")),
    "safetensors_overlap",
    `${WEIGHTS}#${LAYER}.mlp.down_proj.lora_B.weight`,
  ],
  [
    "half of a pair",
    withTensors(good, (tensors) => tensors.slice(1)),
    "lora_pair_incomplete",
    `${WEIGHTS}#${LAYER}.mlp.down_proj.lora_B.weight`,
  ],
  [
    "a layer the base does not have",
    rename("layers.1.", "layers.2."),
    "layer_out_of_range",
    `${WEIGHTS}#base_model.model.model.layers.2.mlp.down_proj.lora_A.weight`,
  ],
  [
    "a module the base does not have",
    rename("mlp.gate_proj", "mlp.w1"),
    "unknown_module",
    `${WEIGHTS}#${LAYER}.mlp.w1.lora_A.weight`,
  ],
  [
    "the names of a multimodal model",
    rename("model.model.layers", "model.language_model.model.layers"),
    "wrong_prefix",
    `${WEIGHTS}#base_model.model.language_model.model.layers.0.mlp.down_proj.lora_A.weight`,
  ],
  [
    "an adapter name inside the tensor's",
    rename("lora_A.weight", "lora_A.default.weight"),
    "unsupported_weight",
    `${WEIGHTS}#${LAYER}.mlp.down_proj.lora_A.default.weight`,
  ],
  [
    "a saved module",
    rename("mlp.up_proj.lora_A.weight", "mlp.up_proj.modules_to_save.weight"),
    "unsupported_weight",
    `${WEIGHTS}#${LAYER}.mlp.up_proj.modules_to_save.weight`,
  ],
  [
    "a B that is too tall",
    longer("q_proj.lora_B.weight"),
    "shape_too_large",
    `${WEIGHTS}#${LAYER}.self_attn.q_proj.lora_B.weight`,
  ],
  [
    "an A of another rank",
    longer("q_proj.lora_A.weight"),
    "rank_mismatch",
    `${WEIGHTS}#${LAYER}.self_attn.q_proj.lora_A.weight`,
  ],
  [
    "a tensor that is no matrix",
    withTensor(good, "q_proj.lora_A.weight", (tensor) => ({ ...tensor, shape: [1024] })),
    "shape_not_matrix",
    `${WEIGHTS}#${LAYER}.self_attn.q_proj.lora_A.weight`,
  ],
  ["no tensors at all", withTensors(good, () => []), "no_tensors", WEIGHTS],
];

describe("checkFolder on one wrong fact", () => {
  it.each(BAD)("refuses %s", async (_what, folder, code, field) => {
    expect(await problemsOf(folder)).toContainEqual([code, field]);
  });

  it("complains about nothing else, and always with a fix", async () => {
    for (const [what, folder, code] of BAD) {
      const errors = (await checkFolder(folderFiles(folder), POOL_RULES)).findings.filter(
        ({ severity }) => severity === "error",
      );
      // A renamed half also leaves the other half alone; that is the same fact seen twice.
      const others = errors.filter((finding) => finding.code !== code && finding.code !== "lora_pair_incomplete");
      expect({ what, others }).toEqual({ what, others: [] });
      expect(errors.every(({ fix, title, message }) => Boolean(fix && title && message))).toBe(true);
    }
  });

  it.each(REFUSED_SETTINGS.map(({ key, code }) => [key, code]))("refuses the setting %s as %s", async (key, code) => {
    const values = [true, "all", ["x"], { x: 1 }];
    const caught = await Promise.all(values.map((value) => problemsOf(withKey(good, CONFIG, key, value))));
    expect(
      caught.some((problems) => problems.some((problem) => problem[0] === code && problem[1] === `${CONFIG}#${key}`)),
    ).toBe(true);
  });

  it("reports every reason, not only the first", async () => {
    const folder = withKey(
      withKey(good, CONFIG, "use_dora", true),
      CONFIG,
      "base_model_name_or_path",
      "switchyard/tiny-llama-instruct",
    );
    expect(await problemsOf(folder)).toEqual([
      ["dora", `${CONFIG}#use_dora`],
      ["base_model_mismatch", `${CONFIG}#base_model_name_or_path`],
    ]);
  });

  it("gathers equal trouble of many tensors into one finding that says how many", async () => {
    const { findings } = await checkFolder(folderFiles(withKey(good, CONFIG, "r", 8)), POOL_RULES);
    const finding = findings.find(({ code }) => code === "rank_mismatch");
    expect(finding?.message).toContain("27 more like it");
    expect(finding?.evidence).toContainEqual({ label: "count", value: "28" });
  });
});

describe("checkFolder against the pool", () => {
  const seeded = (rank: number): Folder =>
    writeSeededAdapter({ seed: "s", baseModel: BASE.baseModel, baseConfig: BASE.configJson, rank, alpha: 2 * rank })
      .files;

  it("refuses a rank above the pool's, naming the field", async () => {
    expect(await problemsOf(seeded(32))).toEqual([["rank_above_pool", `${CONFIG}#r`]]);
  });

  it("says what a rank below the pool's wastes", async () => {
    const { findings } = await checkFolder(folderFiles(seeded(8)), POOL_RULES);
    const finding = findings.find(({ code }) => code === "rank_below_pool");
    expect(finding).toMatchObject({ severity: "warning", message: expect.stringContaining("50 %") });
    expect(finding?.evidence).toContainEqual({
      label: "wasted bytes a node",
      value: String((POOL_RULES.slotBytes ?? 0) / 2),
    });
  });

  it("refuses another revision of the base where both name one", async () => {
    const folder = withKey(good, CONFIG, "revision", "abc");
    expect(await problemsOf(folder)).toEqual([]);
    expect(await problemsOf(folder, { ...POOL_RULES, baseRevision: "def" })).toEqual([
      ["base_revision_mismatch", `${CONFIG}#revision`],
    ]);
  });

  it("says so when it does not know the base's shapes, and still checks ranks and pairs", async () => {
    const pool = { ...POOL_RULES, baseShapes: null, architecture: "NewForCausalLM", slotBytes: null };
    expect(await codesOf(good, pool)).toContain("checks_not_made");
    expect(await problemsOf(rename("mlp.gate_proj", "mlp.w1"), pool)).toEqual([]);
    expect((await problemsOf(withKey(good, CONFIG, "r", 8), pool)).map(([code]) => code)).toEqual(["rank_mismatch"]);
  });

  it("names every check it could not make for an unknown base, the layout of experts among them where there are any", async () => {
    const pool = { ...POOL_RULES, baseShapes: null, architecture: "NewMoeForCausalLM" };
    const notMade = async (folder: Folder) =>
      (await checkFolder(folderFiles(folder), pool)).findings.find(({ code }) => code === "checks_not_made")
        ?.evidence[0]?.value ?? "";
    for (const code of ["unknown_module", "wrong_prefix", "layer_out_of_range", "shape_too_small", "embedding_vocab"])
      expect(await notMade(good)).toContain(code);
    expect(await notMade(good)).not.toContain("experts_stacked");
    expect(await notMade(rename("mlp.up_proj", "mlp.experts.3.up_proj"))).toContain("experts_stacked");
  });

  it("notes a format the node will convert", async () => {
    expect(await codesOf(good, { ...POOL_RULES, dtype: "float16" })).toContain("dtype_cast");
  });
});

describe("checkFolder on whole folders", () => {
  it("leaves out what serving does not need, and says so", async () => {
    const { stored, findings } = await checkFolder(folderFiles(withFile(good, "README.md", "# hi")), POOL_RULES);
    expect(stored.map(({ path }) => path)).not.toContain("README.md");
    expect(findings.find(({ code }) => code === "file_ignored")?.evidence).toEqual([
      { label: "files", value: "README.md" },
    ]);
  });

  it("points at the folder below when the adapter stands there", async () => {
    const nested = new Map([...good].map(([path, bytes]) => [`checkpoint-100/${path}`, bytes]));
    const { findings } = await checkFolder(folderFiles(nested), POOL_RULES);
    expect(findings.find(({ code }) => code === "missing_file")?.fix).toContain("checkpoint-100");
  });

  it("warns when the config names other modules than the file holds", async () => {
    expect(await codesOf(withKey(good, CONFIG, "target_modules", ["q_proj"]))).toContain("target_modules_undeclared");
    expect(await codesOf(withKey(good, CONFIG, "target_modules", "all-linear"))).not.toContain(
      "target_modules_undeclared",
    );
  });

  it("never throws, whatever bytes the two files hold", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.oneof(fc.json(), fc.string()), async (weights, config) => {
        const folder = withFile(withFile(good, CONFIG, config), WEIGHTS, new Uint8Array(weights));
        const { findings } = await checkFolder(folderFiles(folder), POOL_RULES);
        expect(findings.some(({ severity }) => severity === "error")).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it("never throws, whatever a value of the config is", async () => {
    const keys = [
      "r",
      "lora_alpha",
      "target_modules",
      "base_model_name_or_path",
      "revision",
      "rank_pattern",
      "bias",
      "init_lora_weights",
    ];
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...keys), fc.jsonValue(), async (key, value) => {
        const { findings } = await checkFolder(folderFiles(withKey(good, CONFIG, key, value)), POOL_RULES);
        expect(findings.length).toBeGreaterThan(0);
      }),
      { numRuns: 500 },
    );
  });
});
