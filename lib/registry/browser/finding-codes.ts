import type { FindingSeverity } from "../schema.ts";

/** What a check looks at; the sections of a report and the cells of an import's grid, in reading order. */
export const CHECK_GROUPS = ["files", "name", "config", "weights", "base", "tokenizer", "values", "pool"] as const;
export type CheckGroup = (typeof CHECK_GROUPS)[number];

/**
 * Every code a check can answer with, its group and its one severity. `check-catalogue.ts` explains each; this file
 * stays small because every screen that shows a finding loads it.
 */
export const FINDING_CODES = {
  files_complete: ["files", "pass"],
  missing_file: ["files", "error"],
  empty_file: ["files", "error"],
  file_too_large: ["files", "error"],
  version_too_large: ["files", "error"],
  duplicate_file: ["files", "error"],
  pickle_refused: ["files", "error"],
  archive_refused: ["files", "error"],
  program_refused: ["files", "error"],
  unexpected_weights: ["files", "error"],
  lfs_pointer: ["files", "error"],
  file_ignored: ["files", "note"],
  already_stored: ["files", "note"],

  file_name_path: ["name", "error"],
  file_name_hidden: ["name", "error"],
  file_name_lookalike: ["name", "error"],
  file_name_too_long: ["name", "error"],
  tensor_name_characters: ["name", "error"],
  row_duplicate: ["name", "error"],
  tenant_taken_meanwhile: ["name", "error"],
  adapter_taken_meanwhile: ["name", "error"],
  tenant_leaving: ["name", "error"],
  adapter_in_other_pool: ["name", "error"],
  name_guessed: ["name", "warning"],
  same_as_version: ["name", "warning"],
  bytes_known: ["name", "note"],
  name_new_tenant: ["name", "pass"],
  name_new_adapter: ["name", "note"],
  name_new_version: ["name", "note"],

  config_valid: ["config", "pass"],
  config_not_json: ["config", "error"],
  config_duplicate_key: ["config", "error"],
  config_field: ["config", "error"],
  peft_type_unsupported: ["config", "error"],
  rank_invalid: ["config", "error"],
  alpha_invalid: ["config", "error"],
  target_modules_invalid: ["config", "error"],
  dora: ["config", "error"],
  rank_pattern: ["config", "error"],
  alpha_pattern: ["config", "error"],
  modules_to_save: ["config", "error"],
  bias_trained: ["config", "error"],
  lora_bias: ["config", "error"],
  auto_map: ["config", "error"],
  layer_replication: ["config", "error"],
  trainable_tokens: ["config", "error"],
  target_parameters: ["config", "error"],
  base_changed: ["config", "error"],
  init_unknown: ["config", "error"],
  module_patterns: ["config", "note"],
  lora_variant: ["config", "error"],
  layers_to_transform: ["config", "warning"],
  task_type_unusual: ["config", "warning"],
  config_unknown_keys: ["config", "note"],

  safetensors_sound: ["weights", "pass"],
  safetensors_truncated: ["weights", "error"],
  safetensors_header: ["weights", "error"],
  safetensors_header_too_large: ["weights", "error"],
  safetensors_too_many_tensors: ["weights", "error"],
  safetensors_duplicate_key: ["weights", "error"],
  safetensors_size: ["weights", "error"],
  safetensors_overlap: ["weights", "error"],
  safetensors_trailing: ["weights", "error"],
  weights_are_pickle: ["weights", "error"],
  weights_are_archive: ["weights", "error"],
  weights_other_format: ["weights", "error"],
  dtype_unsupported: ["weights", "error"],
  no_tensors: ["weights", "error"],
  unsupported_weight: ["weights", "error"],
  lora_pair_incomplete: ["weights", "error"],
  rank_mismatch: ["weights", "error"],
  shape_not_matrix: ["weights", "error"],
  experts_stacked: ["weights", "error"],
  target_modules_missing: ["weights", "error"],
  target_modules_undeclared: ["weights", "warning"],
  modules_uneven: ["weights", "error"],
  base_weights_skipped: ["weights", "note"],

  base_model_matches: ["base", "pass"],
  base_model_mismatch: ["base", "error"],
  base_name_unknown: ["base", "warning"],
  base_revision_mismatch: ["base", "error"],
  shapes_match: ["base", "pass"],
  shape_too_small: ["base", "error"],
  shape_too_large: ["base", "error"],
  embedding_vocab: ["base", "error"],
  lm_head_vocab: ["base", "error"],
  lm_head_tied: ["base", "warning"],
  wrong_prefix: ["base", "error"],
  unknown_module: ["base", "error"],
  layer_out_of_range: ["base", "error"],
  layers_missing: ["base", "error"],
  layers_untouched: ["base", "note"],
  checks_not_made: ["base", "note"],
  architecture_matches: ["base", "pass"],
  architecture_by_contract: ["base", "pass"],
  architecture_mismatch: ["base", "error"],
  base_file_unreadable: ["base", "error"],

  tokenizer_matches: ["tokenizer", "pass"],
  tokenizer_by_contract: ["tokenizer", "pass"],
  tokenizer_pad_added: ["tokenizer", "pass"],
  tokenizer_mismatch: ["tokenizer", "error"],
  tokenizer_unproven: ["tokenizer", "error"],
  chat_template_matches: ["tokenizer", "pass"],
  chat_template_renders_same: ["tokenizer", "pass"],
  chat_template_by_contract: ["tokenizer", "pass"],
  chat_template_mismatch: ["tokenizer", "error"],
  chat_template_unchecked: ["tokenizer", "note"],

  values_finite: ["values", "pass"],
  values_not_finite: ["values", "error"],
  no_effect: ["values", "error"],
  no_effect_in_part: ["values", "warning"],

  rank_fits: ["pool", "pass"],
  rank_above_pool: ["pool", "error"],
  rank_above_vllm: ["pool", "error"],
  rank_below_pool: ["pool", "warning"],
  pool_rank_invalid: ["pool", "error"],
  dtype_cast: ["pool", "note"],
  sequence_limit_below_pool: ["pool", "warning"],
} as const satisfies Readonly<Record<string, readonly [CheckGroup, FindingSeverity]>>;

type Codes = typeof FINDING_CODES;
export type FindingCode = keyof Codes;
/** The codes of one severity: an error's code cannot be given to a warning. */
export type CodeOf<Severity extends FindingSeverity> = {
  [Code in FindingCode]: Codes[Code][1] extends Severity ? Code : never;
}[FindingCode];
/** The codes of one group. */
export type CodeIn<Group extends CheckGroup> = {
  [Code in FindingCode]: Codes[Code][0] extends Group ? Code : never;
}[FindingCode];

/** False for a code of an older report, which has no page any more. */
export const isFindingCode = (code: string): code is FindingCode => Object.hasOwn(FINDING_CODES, code);

/** The group of a finding; null for a code of an older report. */
export const groupOf = (code: string): CheckGroup | null => (isFindingCode(code) ? FINDING_CODES[code][0] : null);

/** The page that explains a code; null for a code of an older report. */
export const docsOf = (code: string): string | null => (isFindingCode(code) ? `/help/checks/${code}` : null);
