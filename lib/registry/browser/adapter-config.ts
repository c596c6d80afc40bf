import * as z from "zod";
import { groupBy } from "#lib/platform/browser/group-by.ts";
import { findDuplicateKey } from "#lib/platform/safetensors/duplicate-keys.ts";
import type { Finding } from "../schema.ts";
import { formatOf } from "./file-format.ts";
import { CONFIG_FILE } from "./file-set.ts";
import { error, fieldOf, hasErrors, note, pass, warning } from "./finding.ts";
import type { CodeOf } from "./finding-codes.ts";
import { KNOWN_KEYS } from "./known-keys.ts";
import { isPlainPattern, type PatternSupport, patternSupport } from "./module-patterns.ts";
import { changedBase, isKnownStart, REFUSED_SETTINGS } from "./refused-settings.ts";

/** The keys of PEFT's adapter_config.json that decide whether and how vLLM can serve it; the rest may be anything. */
const AdapterConfigSchema = z.looseObject({
  peft_type: z.literal("LORA"),
  /** "" = none: whose base it is, the pool decides. */
  base_model_name_or_path: z
    .string()
    .nullish()
    .transform((name) => name ?? ""),
  revision: z.string().nullish(),
  r: z.number().int().min(1).max(4096),
  lora_alpha: z.number().positive().max(1e6),
  target_modules: z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]),
  rank_pattern: z.record(z.string(), z.number().int().min(1).max(4096)).nullish(),
  alpha_pattern: z.record(z.string(), z.number().positive().max(1e6)).nullish(),
  use_rslora: z.boolean().nullish(),
  task_type: z.string().nullish(),
  layers_to_transform: z.union([z.number().int(), z.array(z.number().int())]).nullish(),
  layers_pattern: z.union([z.string(), z.array(z.string())]).nullish(),
  exclude_modules: z.union([z.string(), z.array(z.string())]).nullish(),
});
export type AdapterConfig = z.infer<typeof AdapterConfigSchema>;

type FieldRule = { code: CodeOf<"error">; fix: string };
const FIELD_RULES: Readonly<Record<string, FieldRule>> = {
  peft_type: { code: "peft_type_unsupported", fix: "Export a LoRA adapter; vLLM serves no other PEFT method." },
  rank_pattern: { code: "rank_pattern", fix: "Write a rank from 1 on for each module." },
  alpha_pattern: { code: "alpha_pattern", fix: "Write an alpha above 0 for each module." },
  r: { code: "rank_invalid", fix: "Write the rank the adapter was trained with." },
  lora_alpha: { code: "alpha_invalid", fix: "Write the alpha the adapter was trained with." },
  target_modules: { code: "target_modules_invalid", fix: "List the modules the adapter was trained on." },
};
const OTHER_FIELD: FieldRule = {
  code: "config_field",
  fix: "Export the adapter again with PEFT's save_pretrained.",
};

export type ConfigCheck = { config: AdapterConfig | null; findings: Finding[] };

/**
 * Parses adapter_config.json and applies every rule that needs nothing but the file and the releases that would serve it.
 * @param engineVersions of the pool's nodes; null = one that has not said
 */
export function checkAdapterConfig(text: string | null, engineVersions: readonly (string | null)[]): ConfigCheck {
  const json = parseObject(text);
  if (text === null || json === null) return { config: null, findings: [unreadable(text)] };
  const twice = findDuplicateKey(text);
  if (twice !== null) return { config: null, findings: [duplicateKey(twice)] };
  const parsed = AdapterConfigSchema.safeParse(json);
  const patterns = parsed.success ? patternFindings(parsed.data, patternSupport(engineVersions)) : [];
  const findings = [...(parsed.success ? [] : fieldIssues(parsed.error)), ...refusedSettings(json), ...patterns];
  if (!parsed.success || hasErrors(findings)) return { config: parsed.success ? parsed.data : null, findings };
  const { r, lora_alpha: alpha, use_rslora: rsLora, task_type: task } = parsed.data;
  findings.push(
    pass({
      code: "config_valid",
      title: "The config is one vLLM can serve",
      message: `Rank ${r}, alpha ${alpha}${rsLora ? ", rank-stabilised" : ""}.`,
      field: CONFIG_FILE,
      evidence: { r, lora_alpha: alpha },
    }),
  );
  if (task && task !== "CAUSAL_LM")
    findings.push(
      warning({
        code: "task_type_unusual",
        title: `The task type is ${task}`,
        message: "A pool serves text generation; vLLM does not read this key.",
        fix: "Check that the adapter was trained for CAUSAL_LM.",
        field: fieldOf(CONFIG_FILE, "task_type"),
      }),
    );
  findings.push(...unknownKeys(json));
  return { config: parsed.data, findings };
}

function unreadable(text: string | null): Finding {
  const format = text === null ? null : formatOf(new TextEncoder().encode(text.slice(0, 512)));
  if (format?.kind === "lfs") return lfsPointer(CONFIG_FILE);
  return error({
    code: "config_not_json",
    title: `${CONFIG_FILE} is not a JSON object`,
    message: `${format === null || format.name === "a JSON file" ? "It" : `It looks like ${format.name}, and`} cannot be read, so nothing about the adapter is known.`,
    fix: "Export the adapter again with PEFT's save_pretrained.",
    field: CONFIG_FILE,
  });
}

/** A repository was cloned without its large files: all that stands there is a note where to fetch them. */
export const lfsPointer = (path: string): Finding =>
  error({
    code: "lfs_pointer",
    title: `${path} is only a pointer`,
    message: "It is a Git LFS pointer: the repository was cloned without its large files.",
    fix: "Run git lfs pull in the repository, and give the folder again.",
    field: path,
  });

const duplicateKey = (key: string): Finding =>
  error({
    code: "config_duplicate_key",
    title: `A key appears twice in ${CONFIG_FILE}`,
    message: `${JSON.stringify(key)} is given twice. Readers differ in which one they take, so the value is not known.`,
    fix: "Keep the value the adapter was trained with, and remove the other.",
    field: fieldOf(CONFIG_FILE, key),
  });

/** At most so many names are kept; the count says the rest. */
const KEYS_SHOWN = 20;

function unknownKeys(json: Record<string, unknown>): Finding[] {
  const unknown = Object.keys(json).filter((key) => !KNOWN_KEYS.has(key));
  if (unknown.length === 0) return [];
  return [
    note({
      code: "config_unknown_keys",
      title: unknown.length === 1 ? "One setting is not known" : `${unknown.length} settings are not known`,
      message: "vLLM reads none of them. If one changes how the adapter works, its answers will differ from training.",
      field: fieldOf(CONFIG_FILE, unknown[0]),
      evidence: { keys: unknown.slice(0, KEYS_SHOWN).join(", ") },
    }),
  ];
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A JSON object from text, or null. */
export function parseObject(text: string | null): Record<string, unknown> | null {
  if (text === null) return null;
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null; // the callers say so in a finding
  }
}

/** One finding a key: a list with a thousand wrong entries is one mistake. */
function fieldIssues({ issues }: z.ZodError): Finding[] {
  const byKey = groupBy(issues, (issue) => String(issue.path[0] ?? ""));
  return [...byKey].map(([key, [issue]]) => {
    const { code, fix } = Object.hasOwn(FIELD_RULES, key) ? (FIELD_RULES[key] ?? OTHER_FIELD) : OTHER_FIELD;
    return error({
      code,
      title: `${key} is missing or wrong`,
      message: `${key}: ${issue?.message}.`,
      fix,
      field: fieldOf(CONFIG_FILE, key),
    });
  });
}

function refusedSettings(json: Record<string, unknown>): Finding[] {
  const findings = REFUSED_SETTINGS.filter(({ key, isSet }) => isSet(json[key])).map(({ key, code, why, fix }) =>
    error({
      code,
      title: `${key} cannot be served`,
      message: why,
      fix,
      field: fieldOf(CONFIG_FILE, key),
      evidence: { found: jsonText(json[key]) },
    }),
  );
  const start = json.init_lora_weights;
  if (changedBase(start))
    findings.push(
      error({
        code: "base_changed",
        title: "The adapter belongs to a changed base",
        message: `It was started with ${jsonText(start)}, which moves part of the base into the adapter; on the pool's own base it answers wrongly.`,
        fix: "Save it with path_initial_model_for_weight_conversion, which turns it into a plain LoRA.",
        field: fieldOf(CONFIG_FILE, "init_lora_weights"),
      }),
    );
  else if (!isKnownStart(start))
    findings.push(
      error({
        code: "init_unknown",
        title: "The adapter's initialisation is unknown",
        message: `init_lora_weights is ${jsonText(start)}. vLLM refuses what it does not know: it may have changed the base.`,
        fix: "If it is a plain LoRA of the pool's base, set init_lora_weights to true.",
        field: fieldOf(CONFIG_FILE, "init_lora_weights"),
      }),
    );
  return findings;
}

/** Ranks and alphas of single modules: served where every node of the pool honours them. */
function patternFindings(config: AdapterConfig, support: PatternSupport): Finding[] {
  return (["rank_pattern", "alpha_pattern"] as const).flatMap((key): Finding[] => {
    const keys = Object.keys(config[key] ?? {});
    if (keys.length === 0) return [];
    const evidence = { found: jsonText(config[key]) };
    const field = fieldOf(CONFIG_FILE, key);
    if (!support.isHonoured)
      return [
        error({
          code: key,
          title: `${key} cannot be served by this pool`,
          message: support.why,
          fix: `Run vLLM 0.32 or newer on every node of the pool, or train all modules with one ${key === "rank_pattern" ? "rank" : "alpha"}.`,
          field,
          evidence,
        }),
      ];
    const odd = keys.find((one) => !isPlainPattern(one));
    if (odd !== undefined)
      return [
        error({
          code: key,
          title: `${key} is too complex to check`,
          message: `${JSON.stringify(odd)} is more than a name, a path, alternatives and one wildcard.`,
          fix: "Name the modules, or their whole paths.",
          field,
          evidence,
        }),
      ];
    return [
      note({
        code: "module_patterns",
        title: `Some modules have ${key === "rank_pattern" ? "a rank" : "an alpha"} of their own`,
        message: "Every node of the pool runs a release that honours this.",
        field,
        evidence,
      }),
    ];
  });
}

/** A value as text; a value nested so deeply that it cannot be written has none. */
function jsonText(value: unknown): string {
  try {
    return (JSON.stringify(value) ?? "").slice(0, 200);
  } catch {
    return "nested too deeply to show"; // the only way a parsed value fails to be written
  }
}
