import type { Log } from "#lib/platform/log.ts";
import type { Scenario } from "../answers/scenario.ts";
import type { Engine } from "../engine/engine.ts";
import type { EngineProfile } from "../engine-profile.ts";
import type { LoraEntry, LoraRegistry } from "../lora-registry.ts";
import type { NodeMetrics } from "../metrics/node-metrics.ts";
import type { BaseModel } from "../model/base-model.ts";
import { HttpError } from "./reply.ts";

/** What the routes of one node share. */
export type NodeContext = {
  base: BaseModel;
  engine: Engine;
  registry: LoraRegistry;
  metrics: NodeMetrics;
  profile: EngineProfile;
  scenario: () => Scenario;
  maxModelLen: number;
  /** Whether VLLM_ALLOW_RUNTIME_LORA_UPDATING is on: the load routes exist. */
  allowsRuntimeLora: boolean;
  apiKeys: readonly string[];
  /** Largest change of a logit between two runs of the same request. */
  logitNoise: number;
  /** A new number for every request of this process. */
  nextNonce: () => number;
  randomId: () => string;
  nowSeconds: () => number;
  log: Log;
};

/** Which model serves a request: an adapter, or the base (null). An adapter under the base's name shadows it. */
export function resolveModel(context: NodeContext, model: string | null | undefined): LoraEntry | null {
  const { base, registry, profile } = context;
  if (!model) return null;
  const entry = registry.get(model);
  if (entry !== null) return entry;
  if (model === base.name) return null;
  const aliases = profile.listsAliases ? ` Valid aliases: ${base.name}.` : "";
  throw new HttpError(404, "NotFoundError", `The model \`${model}\` does not exist.${aliases}`, "model");
}

/** How many tokens may be generated after a prompt. @throws HttpError 400 when the prompt alone is too long */
export function outputRoom(context: NodeContext, promptTokens: number, wanted: number | null | undefined): number {
  const room = context.maxModelLen - promptTokens;
  if (room <= 0)
    throw new HttpError(
      400,
      "BadRequestError",
      `This model's maximum context length is ${context.maxModelLen} tokens. However, your prompt contains ` +
        `${promptTokens} input tokens, which exceeds this limit even without any output tokens. Please reduce the ` +
        `length of the input prompt. (parameter=input_tokens, value=${promptTokens})`,
      "input_tokens",
    );
  return Math.min(room, wanted ?? room);
}
