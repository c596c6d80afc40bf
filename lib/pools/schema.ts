import * as z from "zod";
import { IsoTime, idOf, Slug } from "#lib/http/schema.ts";

export const FALLBACK_POLICIES = ["base_model", "previous_version", "hosted_provider", "reject"] as const;
/** What callers get while the live version cannot be served; never silently. */
export type FallbackPolicy = (typeof FALLBACK_POLICIES)[number];

/** The dtypes vLLM runs a base model and its LoRA slots in. */
export const POOL_DTYPES = ["bfloat16", "float16", "float32"] as const;
export type PoolDtype = (typeof POOL_DTYPES)[number];

/** shared = a directory that Switchyard and the nodes mount; fetch = the node's plugin pulls by digest. */
export const DELIVERIES = ["shared", "fetch"] as const;
/** What is done with names on a node that nobody asked for: shown and left alone, or unloaded. */
export const DRIFT_POLICIES = ["keep", "remove"] as const;
/** How an engine comes to be started anew with other limits. */
export const RESTART_STEPS = ["manual", "webhook", "simulated"] as const;

/** The only values vLLM's `--max-lora-rank` takes (vllm.md §5). */
export const LORA_RANKS = [1, 8, 16, 32, 64, 128, 256, 320, 512] as const;
/** The OpenAPI generator writes down only the first value of a literal: the list is given to it as well. */
export const LoraRank = z.literal([...LORA_RANKS]).meta({ enum: [...LORA_RANKS] });

/** The numbers of a base model's config.json that fix the shape of every adapter for it. */
export const BaseShapesSchema = z.object({
  architecture: z.string(),
  hiddenSize: z.number().int(),
  intermediateSize: z.number().int(),
  layers: z.number().int(),
  heads: z.number().int(),
  kvHeads: z.number().int(),
  headDim: z.number().int(),
  vocabSize: z.number().int(),
  tiedEmbeddings: z.boolean(),
});

export const PoolSchema = z.object({
  id: idOf("pool"),
  slug: z.string(),
  name: z.string(),
  baseModel: z.string(),
  baseRevision: z.string().nullable(),
  /** Other names of the base model, exact or with `*`; "" = adapters that name no base. */
  baseAliases: z.array(z.string()),
  /** Names of the bases that other pools serve: an adapter under one of them is refused here. */
  otherBases: z.array(z.string()),
  /** Releases that the pool's nodes run, each once; null = a node that has not said. */
  engineVersions: z.array(z.string().nullable()),
  /** First of config.json's `architectures`, such as "LlamaForCausalLM". */
  architecture: z.string(),
  /** null = an architecture whose tensor shapes Switchyard does not know; shape checks then say "not checked". */
  baseShapes: BaseShapesSchema.nullable(),
  architectureChecksum: z.string(),
  tokenizerChecksum: z.string(),
  chatTemplateChecksum: z.string().nullable(),
  dtype: z.enum(POOL_DTYPES),
  maxModelLen: z.number().int(),
  maxLoras: z.number().int(),
  maxLoraRank: z.number().int(),
  maxCpuLoras: z.number().int(),
  gpuMemoryUtilization: z.number(),
  /** Where the nodes mount the adapter store. */
  adapterDirectory: z.string(),
  delivery: z.enum(DELIVERIES),
  driftPolicy: z.enum(DRIFT_POLICIES),
  /** Nodes each adapter is wanted on; null = every serving node. */
  replicas: z.number().int().nullable(),
  restartStep: z.enum(RESTART_STEPS),
  restartUrl: z.string().nullable(),
  /** Whether the webhook's secret is set; the secret itself is never shown. */
  hasRestartSecret: z.boolean(),
  fallback: z.enum(FALLBACK_POLICIES),
  /** How long a request may be held back to join others of its adapter. */
  maxBatchWaitMs: z.number().int(),
  /** Expected wait from which on the pool counts as saturated, and requests go where their tenant's fallback says. */
  saturationWaitMs: z.number().int(),
  /** Requests that may wait for the pool; more are refused. */
  queueMax: z.number().int(),
  /** Requests that one node answers at once. */
  maxInFlight: z.number().int(),
  /** Where `hosted_provider` sends requests of tenants without an endpoint of their own; null = nowhere. */
  hostedEndpointId: z.string().nullable(),
  /** Customers may ask its models at /v1/embeddings; a node has it when its model embeds. */
  servesEmbeddings: z.boolean(),
  /** Customers may ask its models at /v1/responses; nothing is ever stored. */
  servesResponses: z.boolean(),
  /** GPU memory of one adapter slot at the pool's rank, in bytes, whatever the adapter's own rank; null = unknown shapes. */
  slotBytes: z.number().int().nullable(),
  generation: z.number().int(),
  createdAt: IsoTime,
  nodeCount: z.number().int(),
  adapterCount: z.number().int(),
});
export type Pool = z.infer<typeof PoolSchema>;

const JsonObject = z.record(z.string(), z.unknown());

/** The base model's own files: the pool keeps their checksums and the config, and checks every adapter against them. */
const BaseFiles = z.strictObject({
  configJson: JsonObject,
  tokenizerJson: JsonObject,
  tokenizerConfigJson: JsonObject.optional(),
  /** Text of chat_template.jinja; without it the `chat_template` of tokenizer_config.json counts. */
  chatTemplate: z.string().min(1).max(200_000).optional(),
});

/** Where nodes mount the adapter store. */
const AdapterDirectory = z
  .string()
  .min(2)
  .max(500)
  .regex(
    /^\/(?!.*(?:^|\/)\.\.?(?:\/|$))[^\0]*[^/\0]$/,
    "use an absolute path without . or .. and without a slash at the end",
  );
/** As the training pipeline names it: compared with every adapter's base_model_name_or_path. */
const BaseModelName = z.string().trim().min(1).max(200);

export const CreatePool = z.strictObject({
  slug: Slug,
  name: z.string().trim().min(1).max(80),
  baseModel: BaseModelName,
  baseRevision: z.string().trim().min(1).max(100).nullable().default(null),
  files: BaseFiles,
  dtype: z.enum(POOL_DTYPES).default("bfloat16"),
  maxModelLen: z.number().int().min(16).max(10_000_000),
  maxLoras: z.number().int().min(1).max(512),
  maxLoraRank: LoraRank,
  maxCpuLoras: z.number().int().min(1).max(10_000),
  gpuMemoryUtilization: z.number().min(0.05).max(1).default(0.9),
  adapterDirectory: AdapterDirectory,
  fallback: z.enum(FALLBACK_POLICIES).default("base_model"),
  maxBatchWaitMs: z.number().int().min(0).max(1000).default(50),
});
export type CreatePool = z.output<typeof CreatePool>;

/** A name of a pool's base model that is not its own; `*` stands for any characters, "" for an adapter that names none. */
const BaseAlias = z.string().trim().max(300);

export const AddBaseAlias = z.strictObject({ alias: BaseAlias });
export type AddBaseAlias = z.output<typeof AddBaseAlias>;

/** What can change while nodes run. Engine limits need a restart and are not among them. */
export const UpdatePool = z.strictObject({
  name: z.string().trim().min(1).max(80).optional(),
  /** While no adapter is loaded on its nodes; the former name becomes an alias. */
  baseModel: BaseModelName.optional(),
  /** While no adapter is loaded on its nodes. */
  adapterDirectory: AdapterDirectory.optional(),
  /** Replaces the whole list. */
  baseAliases: z.array(BaseAlias).optional(),
  delivery: z.enum(DELIVERIES).optional(),
  driftPolicy: z.enum(DRIFT_POLICIES).optional(),
  replicas: z.number().int().min(1).max(200).nullable().optional(),
  fallback: z.enum(FALLBACK_POLICIES).optional(),
  maxBatchWaitMs: z.number().int().min(0).max(1000).optional(),
  saturationWaitMs: z.number().int().min(100).max(600_000).optional(),
  queueMax: z.number().int().min(0).max(100_000).optional(),
  maxInFlight: z.number().int().min(1).max(10_000).optional(),
  hostedEndpointId: idOf("end").nullable().optional(),
  servesEmbeddings: z.boolean().optional(),
  servesResponses: z.boolean().optional(),
  restartStep: z.enum(RESTART_STEPS).optional(),
  /** Where the restart step "webhook" sends its signed request. */
  restartUrl: z.string().trim().min(1).max(500).nullable().optional(),
  /** What that request is signed with; kept sealed and never shown again. */
  restartSecret: z.string().min(16).max(200).nullable().optional(),
});
export type UpdatePool = z.output<typeof UpdatePool>;

export const AdapterStoreSchema = z.object({
  /** The directory of this Switchyard, as its own processes see it. */
  path: z.string(),
});

/** What a training pipeline must keep to for its adapters to be served by a pool. */
export const TrainingContractSchema = z.object({
  baseModel: z.string(),
  baseRevision: z.string().nullable(),
  architecture: z.string(),
  architectureChecksum: z.string(),
  /** null = the pool states none; an adapter must then bring its own tokenizer files. */
  tokenizerChecksum: z.string().nullable(),
  chatTemplateChecksum: z.string().nullable(),
  /** The one rank of this pool. */
  rank: z.number().int(),
  /** Tokens; every adapter of the pool shares it. */
  sequenceLimit: z.number().int(),
  dtype: z.enum(POOL_DTYPES),
  /** Modules an adapter may touch; null = unknown architecture. */
  targetModules: z.array(z.string()).nullable(),
  /** Other names of the base model, exact or with `*`; "" = an adapter that names none. */
  baseAliases: z.array(z.string()).default([]),
  /** Names of the bases that other pools serve: an adapter under one of them is refused. */
  otherBases: z.array(z.string()).default([]),
  /** Releases that the pool's nodes run; null = a node that has not said. */
  engineVersions: z.array(z.string().nullable()).default([]),
  /** Text of the chat template; null = none, or none that was kept. */
  chatTemplate: z.string().nullable().default(null),
});
export type TrainingContract = z.infer<typeof TrainingContractSchema>;
