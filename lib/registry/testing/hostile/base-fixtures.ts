import { BASE, withFile, withKey, withoutFile } from "../adapter-folder.ts";
import { GOOD, type HostileFolder, text } from "./hostile-folder.ts";

type Code = HostileFolder["codes"][number];
const file = (name: string, path: string, content: string, code: Code): HostileFolder => ({
  name,
  files: () => withFile(GOOD, path, content),
  codes: [code],
});
const base = (change: Record<string, unknown>): string => JSON.stringify({ ...BASE.configJson, ...change });
const TOKENIZER = "tokenizer.json";
const TOKENIZER_CONFIG = "tokenizer_config.json";
const ADDED = BASE.tokenizerJson.added_tokens as object[];
const PAD = { id: 640, content: "[P]", special: true };
const DEEP = 100_000;

/** Files of the base beside the adapter, which serve as proof or betray another base. */
export const BASE_FOLDERS: readonly HostileFolder[] = [
  file("the config of a deeper base", "config.json", base({ num_hidden_layers: 3 }), "architecture_mismatch"),
  file("a base config with code to run", "config.json", base({ auto_map: { AutoModel: "x.Y" } }), "auto_map"),
  file("a base config that is no JSON", "config.json", "{", "base_file_unreadable"),
  file(
    "a base config with a key twice",
    "config.json",
    base({}).replace("{", '{"hidden_size":8,'),
    "base_file_unreadable",
  ),
  {
    name: "another tokenizer",
    files: () => withKey(GOOD, TOKENIZER, "added_tokens", []),
    codes: ["tokenizer_mismatch"],
  },
  {
    name: "a pad token that was added for training",
    files: () =>
      withKey(withKey(GOOD, TOKENIZER, "added_tokens", [...ADDED, PAD]), TOKENIZER_CONFIG, "pad_token", "[P]"),
    codes: [],
    also: ["tokenizer_pad_added"],
  },
  {
    name: "a vocabulary without a tokenizer",
    files: () => withFile(withoutFile(GOOD, TOKENIZER), "tokenizer.model", "x"),
    codes: ["tokenizer_unproven"],
  },
  {
    name: "a pool that states no tokenizer",
    files: () => GOOD,
    codes: ["tokenizer_unproven"],
    contract: { tokenizerChecksum: null },
  },
  file(
    "a tokenizer nested 100,000 deep",
    TOKENIZER,
    `{"model":{"vocab":${"[".repeat(DEEP)}${"]".repeat(DEEP)}}}`,
    "base_file_unreadable",
  ),
  file(
    "a tokenizer with half a surrogate pair",
    TOKENIZER,
    '{"model":{"vocab":{"\\ud800":1}}}',
    "base_file_unreadable",
  ),
  {
    name: "a tokenizer that is a pointer",
    files: () => new Map([...GOOD, [TOKENIZER, text("version https://git-lfs.github.com/spec/v1\n")]]),
    codes: ["lfs_pointer"],
  },
  file("another chat template", "chat_template.jinja", "{{ messages }}", "chat_template_mismatch"),
  {
    name: "a pool that states no chat template",
    files: () => GOOD,
    codes: [],
    also: ["chat_template_unchecked"],
    contract: { chatTemplateChecksum: null },
  },
  {
    name: "a shorter sequence limit",
    files: () => withKey(GOOD, "tokenizer_config.json", "model_max_length", 512),
    codes: ["sequence_limit_below_pool"],
  },
  {
    name: "the base's own config",
    files: () => withFile(GOOD, "config.json", base({})),
    codes: [],
    also: ["architecture_matches"],
  },
  {
    name: "no files of the base",
    files: () => ["tokenizer.json", "tokenizer_config.json", "chat_template.jinja"].reduce(withoutFile, GOOD),
    codes: [],
    also: ["architecture_by_contract", "tokenizer_by_contract", "chat_template_by_contract"],
  },
];
