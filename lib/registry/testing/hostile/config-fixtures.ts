import { withFile, withKey } from "../adapter-folder.ts";
import { CONFIG, GOOD, type HostileFolder, latin, text } from "./hostile-folder.ts";

type Code = HostileFolder["codes"][number];
const set = (name: string, key: string, value: unknown, code: Code): HostileFolder => ({
  name,
  files: () => withKey(GOOD, CONFIG, key, value),
  codes: [code],
});
const whole = (name: string, content: string | Uint8Array<ArrayBuffer>, code: Code): HostileFolder => ({
  name,
  files: () => withFile(GOOD, CONFIG, content),
  codes: [code],
});
const goodText = (): string => new TextDecoder().decode(GOOD.get(CONFIG));
/** The good config with this member put first, as text: JSON.stringify could not write it. */
const withMember = (member: string): string => goodText().replace("{", `{${member},`);
const DEEP = 100_000;

const SETTINGS: readonly HostileFolder[] = [
  set("another PEFT method", "peft_type", "IA3", "peft_type_unsupported"),
  set("no rank", "r", undefined, "rank_invalid"),
  set("a rank of zero", "r", 0, "rank_invalid"),
  set("a broken rank", "r", 16.5, "rank_invalid"),
  set("a rank beyond reason", "r", 1e9, "rank_invalid"),
  set("a rank in words", "r", "16", "rank_invalid"),
  set("an alpha below zero", "lora_alpha", -32, "alpha_invalid"),
  set("no target modules", "target_modules", [], "target_modules_invalid"),
  set(
    "target modules that are numbers",
    "target_modules",
    Array.from({ length: 500 }, () => 1),
    "target_modules_invalid",
  ),
  set("no base model", "base_model_name_or_path", null, "base_name_unknown"),
  set("a base model that is a number", "base_model_name_or_path", 7, "config_field"),
  set("a switch that is text", "use_rslora", "yes", "config_field"),
  set("DoRA", "use_dora", true, "dora"),
  set(
    "a rank pattern that the tensors do not have",
    "rank_pattern",
    { "layers.0.self_attn.q_proj": 8 },
    "rank_mismatch",
  ),
  set("a rank pattern without ranks", "rank_pattern", { q_proj: 0 }, "rank_pattern"),
  set("a rank pattern that backtracks for ever", "rank_pattern", { "(a+)+$": 16 }, "rank_pattern"),
  {
    name: "an alpha pattern",
    files: () => withKey(GOOD, CONFIG, "alpha_pattern", { q_proj: 64 }),
    codes: [],
    also: ["module_patterns"],
  },
  {
    name: "an alpha pattern for nodes that pass over it",
    files: () => withKey(GOOD, CONFIG, "alpha_pattern", { q_proj: 64 }),
    codes: ["alpha_pattern"],
    pool: { engineVersions: ["0.27.1"] },
  },
  set("an alpha pattern of words", "alpha_pattern", { q_proj: "64" }, "alpha_pattern"),
  set("saved modules", "modules_to_save", ["lm_head"], "modules_to_save"),
  set("trained biases", "bias", "lora_only", "bias_trained"),
  set("biases that are null, which vLLM refuses", "bias", null, "bias_trained"),
  set("a start that nobody knows", "init_lora_weights", "later", "init_unknown"),
  set("biases in the LoRA", "lora_bias", true, "lora_bias"),
  set("code to run", "auto_map", { AutoModel: "evil.Model" }, "auto_map"),
  set("repeated layers", "layer_replication", [[0, 1]], "layer_replication"),
  set("trained tokens", "trainable_token_indices", [1, 2], "trainable_tokens"),
  set("raw parameters", "target_parameters", ["mlp.experts.gate_up_proj"], "target_parameters"),
  set("a base that PiSSA changed", "init_lora_weights", "pissa_niter_4", "base_changed"),
  set("QALoRA", "use_qalora", true, "lora_variant"),
  set("activated LoRA", "alora_invocation_tokens", [1], "lora_variant"),
  set("another base model", "base_model_name_or_path", "meta-llama/Llama-3.1-8B", "base_model_mismatch"),
  set("a NUL in the base's name", "base_model_name_or_path", "switchyard/tiny-llama\0", "base_name_unknown"),
  set("half a surrogate pair in the base's name", "base_model_name_or_path", "x\uD800", "base_name_unknown"),
  set("a base's name of 500 kB", "base_model_name_or_path", "x".repeat(500_000), "base_name_unknown"),
  set("layers that the file does not hold", "layers_to_transform", [0, 5], "layers_to_transform"),
  set("layers under another name", "layers_pattern", "h", "layers_to_transform"),
  set("another task", "task_type", "SEQ_CLS", "task_type_unusual"),
];

/** Configs that are broken, hostile, or say what cannot be served. */
export const CONFIG_FOLDERS: readonly HostileFolder[] = [
  ...SETTINGS,
  whole("a config in Python's words", "{'r': 16}", "config_not_json"),
  whole("a config with NaN, as Python writes it", withMember('"lora_dropout_2":NaN'), "config_not_json"),
  whole("a config that is a list", "[]", "config_not_json"),
  whole("a config that is null", "null", "config_not_json"),
  whole("a config that is not UTF-8", latin('{"r":"\xff"}'), "config_not_json"),
  whole("a config that is a pickle", latin("\x80\x04\x95\x10\x00\x00\x00"), "config_not_json"),
  whole("a config that is a pointer", text("version https://git-lfs.github.com/spec/v1\n"), "lfs_pointer"),
  whole("lists nested 100,000 deep", "[".repeat(DEEP), "config_not_json"),
  whole("a rank given twice", withMember('"r":8'), "config_duplicate_key"),
  whole("a key given twice inside a setting", withMember('"extra":{"a":1,"a":2}'), "config_duplicate_key"),
  whole("a key given twice, once in escapes", withMember('"\\u0072":8'), "config_duplicate_key"),
  whole("an alpha beyond numbers", goodText().replace(/"lora_alpha": \d+/, '"lora_alpha": 1e400'), "alpha_invalid"),
  {
    ...whole(
      "a setting nested 100,000 deep",
      goodText().replace(/"target_parameters": null/, `"target_parameters": ${"[".repeat(DEEP)}${"]".repeat(DEEP)}`),
      "target_parameters",
    ),
  },
  {
    name: "a prototype in the config",
    files: () => withFile(GOOD, CONFIG, withMember('"__proto__":{"use_dora":true},"constructor":1')),
    codes: [],
    also: ["config_unknown_keys"],
  },
  {
    name: "ten thousand unknown settings",
    files: () => withFile(GOOD, CONFIG, withMember(Array.from({ length: 10_000 }, (_, at) => `"k${at}":1`).join(","))),
    codes: [],
    also: ["config_unknown_keys"],
  },
  {
    name: "another revision of the base",
    files: () => withKey(GOOD, CONFIG, "revision", "abc"),
    codes: ["base_revision_mismatch"],
    pool: { baseRevision: "def" },
  },
  {
    name: "a module that the file lacks",
    files: () => withKey(GOOD, CONFIG, "target_modules", ["lm_head", ...targets()]),
    codes: ["target_modules_missing"],
  },
  {
    name: "modules the config does not name",
    files: () => withKey(GOOD, CONFIG, "target_modules", ["q_proj"]),
    codes: ["target_modules_undeclared"],
  },
];

const targets = (): string[] => JSON.parse(goodText()).target_modules;
