import * as z from "zod";

/** The fields of adapter_config.json that vLLM reads (`PEFTHelper`); it ignores the rest. */
const PeftConfigSchema = z.looseObject({
  r: z.number(),
  lora_alpha: z.number(),
  target_modules: z.unknown(),
  bias: z.string().nullable().default("none"),
  modules_to_save: z.array(z.string()).nullish(),
  use_rslora: z.boolean().nullish(),
  use_dora: z.boolean().nullish(),
  lora_bias: z.boolean().nullish(),
  rank_pattern: z.record(z.string(), z.number()).nullish(),
  alpha_pattern: z.record(z.string(), z.number()).nullish(),
  init_lora_weights: z.unknown().optional(),
  alora_invocation_tokens: z.array(z.unknown()).nullish(),
  layer_replication: z.array(z.unknown()).nullish(),
  use_bdlora: z.unknown().optional(),
  use_qalora: z.boolean().nullish(),
});
export type PeftConfig = z.infer<typeof PeftConfigSchema>;

const REQUIRED = ["r", "lora_alpha", "target_modules"] as const;

/** Which of vLLM's rules apply; they grew with its releases. */
export type PeftRules = {
  maxLoraRank: number;
  readsPatterns: boolean;
  checksRankSign: boolean;
  /** What the node was started with as `--lora-target-modules`; null = every module. */
  targetModules: readonly string[] | null;
};

/**
 * `PEFTHelper.from_local_dir` and `validate_legal`.
 * @returns the config, or the reason in vLLM's words
 */
export function readPeftConfig(
  json: string,
  rules: PeftRules,
): { ok: true; config: PeftConfig } | { ok: false; reason: string } {
  let raw: unknown;
  try {
    raw = JSON.parse(json);
  } catch {
    const reason = json.trimStart().startsWith("{")
      ? "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"
      : "Expecting value: line 1 column 1 (char 0)";
    return { ok: false, reason };
  }
  const missing = REQUIRED.filter((field) => !(typeof raw === "object" && raw !== null && field in raw));
  if (missing.length > 0) {
    const list = missing.map((field) => `'${field}'`).join(", ");
    return { ok: false, reason: `Missing required configuration fields: {${list}}` };
  }
  const parsed = PeftConfigSchema.safeParse(raw);
  if (!parsed.success) {
    const field = parsed.error.issues[0]?.path.join(".") ?? "adapter_config.json";
    return { ok: false, reason: `'${field}' is of an unsupported type` };
  }
  if (rules.checksRankSign && parsed.data.r <= 0)
    return { ok: false, reason: `LoRA rank \`r\` must be a positive integer, got ${parsed.data.r}.` };
  const problems = illegal(parsed.data, rules);
  return problems.length > 0 ? { ok: false, reason: problems.join(" ") } : { ok: true, config: parsed.data };
}

function illegal(config: PeftConfig, rules: PeftRules): string[] {
  const problems: string[] = [];
  const toSave = (config.modules_to_save ?? []).filter((name) => name !== "classifier" && name !== "score");
  if (toSave.length > 0) {
    const list = toSave.map((name) => `'${name}'`).join(", ");
    problems.push(
      'vLLM only supports modules_to_save being either None or ["classifier", "score"] for classification models. ' +
        `Unsupported modules_to_save: [${list}]`,
    );
  }
  if (config.use_dora) problems.push("vLLM does not yet support DoRA.");
  if (rules.readsPatterns) problems.push(...variants(config));
  const ranks = rules.readsPatterns ? Object.values(config.rank_pattern ?? {}) : [];
  const rank = Math.max(config.r, ...ranks);
  if (rank > rules.maxLoraRank) problems.push(`LoRA rank ${rank} is greater than max_lora_rank ${rules.maxLoraRank}.`);
  if (config.bias !== "none") problems.push("Adapter bias is not supported.");
  return problems;
}

/** Ways to start a LoRA that leave the base as it was; any other text means a changed base. */
const HARMLESS_STARTS = ["gaussian", "eva", "orthogonal", "mica", "lora_ga"];

/** Kinds of LoRA that releases which read the patterns know, and refuse. */
function variants(config: PeftConfig): string[] {
  const { init_lora_weights: start } = config;
  const problems: string[] = [];
  if (config.lora_bias) problems.push("vLLM does not support LoRA bias (lora_bias).");
  if (typeof start === "string" && !HARMLESS_STARTS.includes(start.toLowerCase()))
    problems.push(
      `vLLM does not support init_lora_weights='${start}'. Inits such as PiSSA, OLoRA, CorDA and LoftQ modify the base ` +
        "model weights when PEFT loads the adapter.",
    );
  if (config.alora_invocation_tokens?.length) problems.push("vLLM does not support Activated LoRA (aLoRA).");
  if (config.layer_replication?.length) problems.push("vLLM does not support layer_replication.");
  if (config.use_bdlora) problems.push("vLLM does not support block-diagonal LoRA (BD-LoRA).");
  if (config.use_qalora) problems.push("vLLM does not support QALoRA.");
  return problems;
}

/**
 * What B is multiplied by, for one module. Older releases ignore the patterns and so scale such adapters wrongly.
 * @param module path as in the file, without `base_model.model.`
 */
export function scalingOf(config: PeftConfig, module: string, readsPatterns: boolean): number {
  const rank = (readsPatterns ? matchPattern(config.rank_pattern, module) : null) ?? config.r;
  const alpha = (readsPatterns ? matchPattern(config.alpha_pattern, module) : null) ?? config.lora_alpha;
  return config.use_rslora ? alpha / Math.sqrt(rank) : alpha / rank;
}

/** PEFT's rule: a key matches as a suffix that starts at a dot; the first match wins. */
function matchPattern(pattern: Record<string, number> | null | undefined, module: string): number | null {
  for (const [key, value] of Object.entries(pattern ?? {}))
    if (module === key || module.endsWith(`.${key}`)) return value;
  return null;
}
