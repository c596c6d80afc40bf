import type { EngineProfile } from "./engine-profile.ts";
import { FETCH_RULES } from "./fetch-errors.ts";
import { DetailErrorSchema, FlatErrorSchema, NestedErrorSchema, UnauthorizedErrorSchema } from "./schema.ts";

/**
 * permanent: the same request fails again until the adapter or the node's settings change. transient: worth another
 * try. engine_dead: the process answers but its engine is gone. already_loaded: the name is taken; whether by us only
 * `/v1/models` can tell.
 */
export type LoadErrorClass = "permanent" | "transient" | "engine_dead" | "already_loaded";
export type LoadError = { class: LoadErrorClass; code: string; message: string; fix: string };

type Rule = { text: RegExp; class: LoadErrorClass; code: string; fix: string };

/**
 * vLLM answers 500 for a bad adapter and for a broken engine alike, wraps messages once per worker and hides paths in
 * them, so only parts of the text tell them apart. First match wins; the engine's death comes before its reasons.
 */
const RULES: readonly Rule[] = [
  {
    text: /EngineDeadError|EngineCore encountered an issue|engine (?:core )?(?:is |has )?(?:dead|died|shut ?down|shutting down)/i,
    class: "engine_dead",
    code: "engine_dead",
    fix: "Restart the engine; its adapters are reloaded automatically.",
  },
  ...FETCH_RULES,
  { text: /already been|already loaded/i, class: "already_loaded", code: "already_loaded", fix: "Nothing to do." },
  {
    text: /max_lora_rank|maximum lora rank/i,
    class: "permanent",
    code: "rank_above_limit",
    fix: "Export the adapter at the pool's rank, or place it in a pool with a higher max_lora_rank.",
  },
  {
    text: /target modules in|expected target modules/i,
    class: "permanent",
    code: "unknown_target_modules",
    fix: "Export the adapter with target modules that the base model has.",
  },
  {
    text: /doesn't contain tensors|does not contain tensors/i,
    class: "permanent",
    code: "no_tensors",
    fix: "Export the adapter again; its tensor file holds no LoRA weights.",
  },
  {
    text: /modules_to_save/i,
    class: "permanent",
    code: "modules_to_save",
    fix: "Export the adapter without modules_to_save; vLLM cannot serve such modules.",
  },
  { text: /DoRA/i, class: "permanent", code: "dora", fix: "Train without DoRA; vLLM cannot serve it." },
  {
    text: /Missing required configuration fields/i,
    class: "permanent",
    code: "config_incomplete",
    fix: "Export the adapter with PEFT's save_pretrained, so that adapter_config.json is complete.",
  },
  {
    text: /unsupported LoRA weight/i,
    class: "permanent",
    code: "unsupported_weight",
    fix: "Export plain LoRA A and B weights only.",
  },
  {
    text: /must be a positive integer/i,
    class: "permanent",
    code: "bad_rank",
    fix: "Export the adapter with a rank above 0.",
  },
  {
    text: /bias is not supported/i,
    class: "permanent",
    code: "bias",
    fix: 'Train with bias "none"; vLLM cannot serve adapter biases.',
  },
  {
    text: /Expecting property name|Expecting value|Extra data:|Unterminated string/,
    class: "permanent",
    code: "config_not_json",
    fix: "Export the adapter again; its adapter_config.json is not JSON.",
  },
  {
    text: /deserializing header/i,
    class: "permanent",
    code: "file_truncated",
    fix: "Store the adapter again; its tensor file is cut short.",
  },
  {
    text: /unsupported operand type/i,
    class: "permanent",
    code: "lora_pair_incomplete",
    fix: "Export the adapter again; a module has an A without its B.",
  },
  {
    text: /conflicts with a served base model/i,
    class: "permanent",
    code: "name_is_base_model",
    fix: "Serve the base model under another name.",
  },
  {
    text: /must match|size of tensor|shape mismatch/i,
    class: "permanent",
    code: "shape_mismatch",
    fix: "Train the adapter on the pool's base model; its tensors have other shapes.",
  },
  {
    text: /not enabled/i,
    class: "permanent",
    code: "lora_not_enabled",
    fix: "Start the engine with --enable-lora (see the pool's launch command).",
  },
  {
    text: /No adapter found/i,
    class: "transient",
    code: "path_not_found_on_node",
    fix: "Mount the adapter store on the node at the pool's adapter directory.",
  },
  {
    text: /out of memory|OutOfMemory/i,
    class: "transient",
    code: "out_of_memory",
    fix: "Lower max_loras or gpu_memory_utilization, then restart the engine.",
  },
];

/** The message of an error body in any of vLLM's shapes; the text itself when it is none of them. */
export function errorMessage(body: string): string {
  const parsed = parseJson(body);
  const nested = NestedErrorSchema.safeParse(parsed);
  if (nested.success) return nested.data.error.message;
  const flat = FlatErrorSchema.safeParse(parsed);
  if (flat.success) return flat.data.message;
  const unauthorized = UnauthorizedErrorSchema.safeParse(parsed);
  if (unauthorized.success) return unauthorized.data.error;
  const detail = DetailErrorSchema.safeParse(parsed);
  if (detail.success)
    return typeof detail.data.detail === "string" ? detail.data.detail : JSON.stringify(detail.data.detail);
  return body.slice(0, 500);
}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null; // an error page of a proxy, say: its text is all there is
  }
};

/** The framework's 404 for a route that does not exist, as opposed to vLLM's own "no such adapter". */
const isRouteMissing = (status: number, body: string): boolean =>
  (status === 404 || status === 405) &&
  !NestedErrorSchema.safeParse(parseJson(body)).success &&
  !FlatErrorSchema.safeParse(parseJson(body)).success;

/** What a refused load means. */
export function classifyLoadError(status: number, body: string, profile: EngineProfile): LoadError {
  const message = errorMessage(body);
  if (status === 401 || status === 403)
    return { class: "permanent", code: "unauthorized", message, fix: "Give the node's API key." };
  const rule = RULES.find((candidate) => candidate.text.test(message));
  if (rule) return { class: rule.class, code: rule.code, message, fix: rule.fix };
  if (isRouteMissing(status, body))
    return {
      class: "permanent",
      code: "lora_updates_off",
      message: `The node has no endpoint for loading adapters (${status}).`,
      fix: "Start the engine with VLLM_ALLOW_RUNTIME_LORA_UPDATING=1 and --enable-lora.",
    };
  const isRequestFault = status >= 400 && status < 500 && status !== 408 && status !== 425 && status !== 429;
  if (isRequestFault && !(status === 400 && profile.badAdapterStatus === 400))
    return { class: "permanent", code: "load_refused", message, fix: "Read the engine's log for the reason." };
  return { class: "transient", code: "engine_error", message, fix: "If it continues, read the engine's log." };
}
