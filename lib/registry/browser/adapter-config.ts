import * as z from "zod";
import type { Finding } from "../schema.ts";
import { CONFIG_FILE } from "./file-set.ts";
import { error, fieldOf, pass, warning } from "./finding.ts";
import { changedBase, REFUSED_SETTINGS } from "./refused-settings.ts";

/** The keys of PEFT's adapter_config.json that decide whether and how vLLM can serve it; the rest may be anything. */
const AdapterConfigSchema = z.looseObject({
  peft_type: z.literal("LORA"),
  base_model_name_or_path: z.string().min(1),
  revision: z.string().nullish(),
  r: z.number().int().min(1).max(4096),
  lora_alpha: z.number().positive().max(1e6),
  target_modules: z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]),
  use_rslora: z.boolean().nullish(),
  task_type: z.string().nullish(),
});
export type AdapterConfig = z.infer<typeof AdapterConfigSchema>;

const FIXES: Record<string, string> = {
  peft_type: "Export a LoRA adapter; vLLM serves no other PEFT method.",
  base_model_name_or_path: "Write the base model's name, as the pool states it.",
  r: "Write the rank the adapter was trained with.",
  lora_alpha: "Write the alpha the adapter was trained with.",
  target_modules: "List the modules the adapter was trained on.",
};

export type ConfigCheck = { config: AdapterConfig | null; findings: Finding[] };

/** Parses adapter_config.json and applies every rule that needs nothing but the file itself. */
export function checkAdapterConfig(text: string | null): ConfigCheck {
  const json = parseObject(text);
  if (json === null)
    return {
      config: null,
      findings: [
        error({
          code: "config_not_json",
          title: `${CONFIG_FILE} is not a JSON object`,
          message: "It cannot be read, so nothing about the adapter is known.",
          fix: "Export the adapter again with PEFT's save_pretrained.",
          field: CONFIG_FILE,
        }),
      ],
    };
  const parsed = AdapterConfigSchema.safeParse(json);
  const findings = [...(parsed.success ? [] : parsed.error.issues.map(fieldIssue)), ...refusedSettings(json)];
  if (!parsed.success || findings.length > 0) return { config: parsed.success ? parsed.data : null, findings };
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
  return { config: parsed.data, findings };
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

const fieldIssue = (issue: z.core.$ZodIssue): Finding => {
  const key = String(issue.path[0] ?? "");
  return error({
    code: "config_field",
    title: `${key} is missing or wrong`,
    message: `${key}: ${issue.message}.`,
    fix: FIXES[key] ?? "Export the adapter again with PEFT's save_pretrained.",
    field: fieldOf(CONFIG_FILE, key),
  });
};

function refusedSettings(json: Record<string, unknown>): Finding[] {
  const findings = REFUSED_SETTINGS.filter(({ key, isSet }) => isSet(json[key])).map(({ key, why, fix }) =>
    error({
      code: "config_field",
      title: `${key} cannot be served`,
      message: why,
      fix,
      field: fieldOf(CONFIG_FILE, key),
      evidence: { found: (JSON.stringify(json[key]) ?? "").slice(0, 200) },
    }),
  );
  if (changedBase(json.init_lora_weights))
    findings.push(
      error({
        code: "config_field",
        title: "The adapter belongs to a changed base",
        message: `It was started with ${String(json.init_lora_weights)}, which moves part of the base into the adapter; on the pool's own base it answers wrongly.`,
        fix: "Save it with path_initial_model_for_weight_conversion, which turns it into a plain LoRA.",
        field: fieldOf(CONFIG_FILE, "init_lora_weights"),
      }),
    );
  return findings;
}
