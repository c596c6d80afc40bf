import type { Log } from "#lib/platform/log.ts";
import type { Scenario } from "../answers/scenario.ts";
import type { Engine } from "../engine/engine.ts";
import type { EngineProfile } from "../engine-profile.ts";
import type { FaultList } from "../faults/fault-list.ts";
import type { LoraEntry, LoraRegistry } from "../lora-registry.ts";
import type { NodeMetrics } from "../metrics/node-metrics.ts";
import type { BaseModel } from "../model/base-model.ts";
import type { NodeLimits } from "../options.ts";
import { badRequest, HttpError } from "./reply.ts";

/** What the routes of one node share. */
export type NodeContext = {
  base: BaseModel;
  engine: Engine;
  registry: LoraRegistry;
  metrics: NodeMetrics;
  profile: EngineProfile;
  scenario: () => Scenario;
  maxModelLen: number;
  limits: NodeLimits;
  device: "gpu" | "cpu";
  /** Below it the plugin verifies what is loaded; null = it verifies nothing. */
  adapterDir: string | null;
  /** Whether VLLM_ALLOW_RUNTIME_LORA_UPDATING is on: the load routes exist. */
  allowsRuntimeLora: boolean;
  /** Whether the engine was started with LoRA at all; the load routes exist without it. */
  enablesLora: boolean;
  apiKeys: readonly string[];
  /** `VLLM_SERVER_DEV_MODE`. */
  devMode: boolean;
  /** `--enable-tokenizer-info-endpoint`. */
  tokenizerInfo: boolean;
  /** Requests under way, for /load; 0 unless they are tracked. */
  serverLoad: () => number;
  /** Largest change of a logit between two runs of the same request. */
  logitNoise: number;
  /** A new number for every request of this process. */
  nextNonce: () => number;
  randomId: () => string;
  nowSeconds: () => number;
  /** Injected, never part of a real node. */
  faults: FaultList;
  /** `system_fingerprint` of every chat and completion. */
  fingerprint: string;
  log: Log;
};

/** Which model serves a request: an adapter, or the base (null). An adapter may bear the base's name, and shadow it. */
export function resolveModel(context: NodeContext, model: string | null | undefined): LoraEntry | null {
  const { base, registry, profile } = context;
  if (!model) return null;
  if (model === base.name && profile.baseName === "base_answers") return null;
  const entry = registry.get(model);
  const failure = entry && context.faults.failureOf(entry.name);
  if (failure !== null) throw new HttpError(failure, "InternalServerError", "simulated fault");
  if (entry !== null) return entry;
  if (model === base.name) return null;
  const aliases = profile.listsAliases ? ` Valid aliases: ${base.name}.` : "";
  throw new HttpError(404, "NotFoundError", `The model \`${model}\` does not exist.${aliases}`, "model");
}

/** How many tokens may be generated after a prompt. @throws HttpError 400 when the prompt or the wish is too long */
export function outputRoom(context: NodeContext, promptTokens: number, wanted: number | null | undefined): number {
  const { maxModelLen } = context;
  const room = maxModelLen - promptTokens;
  if (wanted !== null && wanted !== undefined && wanted > maxModelLen)
    throw badRequest(
      `max_tokens=${wanted} cannot be greater than max_model_len=${maxModelLen}. Please request fewer output tokens. ` +
        `(parameter=max_tokens, value=${wanted})`,
      "max_tokens",
    );
  if (room <= 0)
    // The tokenizer stops one token past the limit, so vLLM never knows how long the prompt really was.
    throw badRequest(
      `This model's maximum context length is ${maxModelLen} tokens. However, your prompt contains at least ` +
        `${maxModelLen + 1} input tokens, which exceeds this limit even without any output tokens. Please reduce the ` +
        `length of the input prompt. (parameter=input_tokens, value=${maxModelLen + 1})`,
      "input_tokens",
    );
  return Math.min(room, wanted ?? room);
}
