import { gateVersion } from "../gate-policy.ts";
import { normaliserVersion } from "../scoring/normalise-arguments.ts";
import type { RunConditions } from "./run-conditions.ts";
import { samplingOf } from "./sampling.ts";

export type NodeFacts = {
  id: string;
  name: string;
  standalone: boolean;
  gpu: string | null;
  engineVersion: string | null;
};
export type PoolFacts = {
  baseModel: string;
  baseRevision: string | null;
  chatTemplateChecksum: string | null;
  /** What the pool's engines are told to parse tool calls with; null = nothing. */
  toolParser: string | null;
  dtype: string;
  maxModelLen: number;
  maxLoras: number;
  maxLoraRank: number;
};

/**
 * The conditions one side of a run was answered under.
 * @param nodes those that answered it, or would; equal nodes count once
 */
export function sideConditions(input: {
  suiteHash: string;
  pool: PoolFacts;
  nodes: readonly NodeFacts[];
  concurrency: number;
}): RunConditions {
  const { suiteHash, pool, nodes, concurrency } = input;
  return {
    suiteHash,
    normaliserVersion,
    baseModel: pool.baseRevision === null ? pool.baseModel : `${pool.baseModel}@${pool.baseRevision}`,
    vllmVersion: listed(nodes.map((node) => node.engineVersion)),
    nodeGpu: listed(nodes.map((node) => node.gpu)),
    toolParser: pool.toolParser ?? "none",
    chatTemplateChecksum: pool.chatTemplateChecksum ?? "none",
    engineSettings: engineSettings(pool),
    gateVersion,
    sampling: samplingOf(suiteHash),
    concurrency,
  };
}

/** In vLLM's words. The number of slots is among them: it decides how many adapters one batch can mix. */
const engineSettings = ({ dtype, maxModelLen, maxLoras, maxLoraRank }: PoolFacts): string =>
  `dtype=${dtype} max_model_len=${maxModelLen} max_loras=${maxLoras} max_lora_rank=${maxLoraRank}`;

const listed = (values: readonly (string | null)[]): string =>
  [...new Set(values.map((value) => value ?? "unknown"))].sort().join(", ") || "unknown";
