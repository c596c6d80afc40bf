import { architectureChecksum, chatTemplateChecksum, tokenizerChecksum } from "#lib/pools/fingerprint.ts";
import type { ContractDocument } from "../browser/contract-schema.ts";
import { type ContractPool, writeContract } from "../contract/write-contract.ts";
import { BASE, POOL_RULES } from "./adapter-folder.ts";

/** A pool of the committed tiny Llama, as the catalog would give it. */
export const TINY_POOL: ContractPool = {
  id: "pool_00000000000000000000000000000001",
  slug: "tiny",
  name: "Tiny",
  baseModel: BASE.baseModel,
  baseRevision: null,
  baseAliases: [],
  otherBases: [],
  engineVersions: ["0.32.0"],
  baseConfig: BASE.configJson,
  architecture: POOL_RULES.architecture,
  baseShapes: POOL_RULES.baseShapes,
  architectureChecksum: architectureChecksum(BASE.configJson),
  tokenizerChecksum: tokenizerChecksum(BASE.tokenizerJson),
  chatTemplateChecksum: chatTemplateChecksum(BASE.chatTemplate),
  chatTemplate: BASE.chatTemplate,
  dtype: "bfloat16",
  maxModelLen: 4096,
  maxLoras: 2,
  maxLoraRank: 16,
  maxCpuLoras: 4,
  gpuMemoryUtilization: 0.9,
  adapterDirectory: "/data/adapters",
  delivery: "shared",
  driftPolicy: "keep",
  replicas: null,
  restartStep: "manual",
  restartUrl: null,
  hasRestartSecret: false,
  fallback: "base_model",
  maxBatchWaitMs: 50,
  saturationWaitMs: 5000,
  queueMax: 512,
  maxInFlight: 256,
  hostedEndpointId: null,
  servesEmbeddings: false,
  servesResponses: false,
  generation: 3,
};

export const tinyContract = (): ContractDocument => writeContract(TINY_POOL, []);
