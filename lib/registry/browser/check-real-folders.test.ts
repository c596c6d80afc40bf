import { describe, expect, it } from "vitest";
import {
  type Folder,
  folderFiles,
  goodFolder,
  POOL_RULES,
  withFile,
  withKey,
  withoutFile,
  withTensors,
} from "../testing/adapter-folder.ts";
import type { PoolRules } from "./check-against-pool.ts";
import { checkFolder } from "./check-folder.ts";

const CONFIG = "adapter_config.json";
const WEIGHTS = "adapter_model.safetensors";
const LAYER = "base_model.model.model.layers.0";
const good = goodFolder("support-bot");

const findingsOf = async (folder: Folder, pool: PoolRules) => (await checkFolder(folderFiles(folder), pool)).findings;
const problemsOf = async (folder: Folder, pool: PoolRules = POOL_RULES) =>
  (await findingsOf(folder, pool))
    .filter(({ severity }) => severity === "error")
    .map(({ code, field }) => [code, field]);
const codesOf = async (folder: Folder, pool: PoolRules = POOL_RULES) =>
  (await findingsOf(folder, pool)).map(({ code }) => code);
const rename = (from: string, to: string) =>
  withTensors(good, (tensors) => tensors.map((tensor) => ({ ...tensor, name: tensor.name.replace(from, to) })));

describe("checkFolder on what vLLM answers rightly", () => {
  const setAll = (changes: Record<string, unknown>) =>
    Object.entries(changes).reduce((folder, [key, value]) => withKey(folder, CONFIG, key, value), good);
  const old: PoolRules = { ...POOL_RULES, engineVersions: ["0.32.0", "0.27.1"] };

  it.each([
    ["a doubled prefix", rename("base_model.model.", "base_model.model.base_model.model.")],
    ["fan_in_fan_out, which PEFT ignores for these modules", setAll({ fan_in_fan_out: true })],
    ["no bias at all", setAll({ bias: undefined })],
    [
      "settings that are given and empty",
      setAll({ layer_replication: [], alora_invocation_tokens: [], use_bdlora: {} }),
    ],
    ["a start that leaves the base as it is", setAll({ init_lora_weights: "Orthogonal" })],
    ["an alpha of its own for a module", setAll({ alpha_pattern: { v_proj: 64 } })],
    ["a rank of its own for every module", setAll({ r: 8, rank_pattern: { "(q|k|v|o|gate|up|down)_proj": 16 } })],
  ])("accepts %s", async (_what, folder) => {
    expect(await problemsOf(folder)).toEqual([]);
  });

  it.each([
    ["rank_pattern", { r: 8, rank_pattern: { "(q|k|v|o|gate|up|down)_proj": 16 } }],
    ["alpha_pattern", { alpha_pattern: { v_proj: 64 } }],
  ])("refuses %s for nodes that pass over it, and names their release", async (code, changes) => {
    const { findings } = await checkFolder(folderFiles(setAll(changes)), old);
    const errors = findings.filter(({ severity }) => severity === "error");
    expect(errors.map((finding) => [finding.code, finding.field])).toEqual([[code, `${CONFIG}#${code}`]]);
    expect(errors[0]?.message).toContain("vLLM 0.27.1");
    expect(await codesOf(setAll(changes))).toContain("module_patterns");
  });

  it("counts the highest rank of a pattern as the adapter's", async () => {
    const { facts, findings } = await checkFolder(
      folderFiles(setAll({ r: 8, rank_pattern: { ".+_proj": 16 } })),
      POOL_RULES,
    );
    expect(facts?.rank).toBe(16);
    expect(findings.map(({ code }) => code)).toContain("rank_fits");
    expect(await problemsOf(setAll({ rank_pattern: { q_proj: 32 } }))).toEqual([
      ["rank_above_pool", `${CONFIG}#r`],
      ["rank_mismatch", `${WEIGHTS}#${LAYER}.self_attn.q_proj.lora_A.weight`],
    ]);
  });

  it.each([
    ["unsloth/tiny-llama-bnb-4bit", "unsloth/tiny-llama-bnb-4bit"],
    ["/workspace/outputs/base", "/workspace/outputs/base"],
    ["switchyard/tiny-llama/", "switchyard/tiny-llama/"],
    [null, ""],
    ["", ""],
    [undefined, ""],
  ])("warns of the base name %j until the pool has it as an alias", async (name, alias) => {
    const folder = withKey(good, CONFIG, "base_model_name_or_path", name);
    const warned = (await checkFolder(folderFiles(folder), POOL_RULES)).findings;
    expect(warned.filter(({ severity }) => severity === "error")).toEqual([]);
    expect(warned.find(({ code }) => code === "base_name_unknown")?.severity).toBe("warning");
    const known = { ...POOL_RULES, baseAliases: [alias], baseRevision: "main" };
    expect(await codesOf(withKey(folder, CONFIG, "revision", "older"), known)).toContain("base_model_matches");
  });

  it("refuses a name that another pool's base has", async () => {
    const folder = withKey(good, CONFIG, "base_model_name_or_path", "acme/house-model");
    expect(await problemsOf(folder, { ...POOL_RULES, otherBases: ["acme/house-*"] })).toEqual([
      ["base_model_mismatch", `${CONFIG}#base_model_name_or_path`],
    ]);
  });
});

describe("checkFolder beside what trainers leave", () => {
  const LEFT = [
    ...["training_args.bin", "optimizer.pt", "optimizer.bin", "scheduler.pt", "scaler.pt", "trainer_state.json"],
    ...["rng_state.pth", "rng_state_0.pth", "random_states_0.pkl", "zero_to_fp32.py"],
    ...["checkpoint-500/adapter_model.bin", "checkpoint-500/optimizer.pt", "checkpoint-best/a/b.pth"],
    ...["global_step500/zero_pp_rank_0.pt", "runs/Nov28/events.out.tfevents.1", "wandb/run/files/x.py"],
  ];

  it("accepts the adapter, names each file and folder once, and opens none of them", async () => {
    const opened: string[] = [];
    const folder = LEFT.reduce((whole, path) => withFile(whole, path, "x"), good);
    const files = folderFiles(folder).map((file) => ({
      ...file,
      read: (begin: number, end: number) => {
        opened.push(file.path);
        return file.read(begin, end);
      },
    }));
    const { findings, stored } = await checkFolder(files, POOL_RULES);
    expect(findings.filter(({ severity }) => severity === "error")).toEqual([]);
    expect(stored.map(({ path }) => path).sort()).toEqual([...good.keys()].sort());
    expect(new Set(opened)).toEqual(new Set([CONFIG, WEIGHTS]));
    const ignored = findings.find(({ code }) => code === "file_ignored")?.evidence[0]?.value.split(", ") ?? [];
    expect(ignored.sort()).toEqual(
      [
        ...LEFT.filter((path) => !path.includes("/")),
        "checkpoint-500/",
        "checkpoint-best/",
        "global_step500/",
        "runs/",
        "wandb/",
      ].sort(),
    );
  });

  it("still refuses a pickle in place of the weights", async () => {
    const folder = withFile(withFile(withoutFile(good, WEIGHTS), "adapter_model.bin", "x"), "optimizer.pt", "x");
    expect(await problemsOf(folder)).toEqual([
      ["pickle_refused", "adapter_model.bin"],
      ["missing_file", WEIGHTS],
    ]);
  });
});
