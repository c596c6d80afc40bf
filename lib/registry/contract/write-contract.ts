import {
  LAYER_MODULES,
  type LayerModule,
  MODEL_MODULES,
  type ModelModule,
  modulesOf,
  moduleWidths,
} from "#lib/platform/safetensors/base-shapes.ts";
import { POOL_DTYPES } from "#lib/pools/schema.ts";
import { slotBytes } from "#lib/pools/slot-bytes.ts";
import type { PoolRecord } from "#lib/pools/store.ts";
import { trainingContractOf } from "#lib/pools/training-contract.ts";
import { CONTRACT_FORMAT, type ContractDocument } from "../browser/contract-schema.ts";
import { CONFIG_FILE, STORED_FILES, TEMPLATE_FILE, TOKENIZER_FILE, WEIGHTS_FILE } from "../browser/file-set.ts";
import { type PatternSupport, patternSupport } from "../browser/module-patterns.ts";
import { REFUSED_SETTINGS } from "../browser/refused-settings.ts";
import { contractRules } from "./contract-rules.ts";

/** A pool as its contract needs it. */
export type ContractPool = Omit<PoolRecord, "nodeCount" | "adapterCount" | "createdAt">;
/** A pool of the same base, for its rank. */
export type SisterPool = Pick<PoolRecord, "id" | "slug" | "name" | "baseModel" | "baseRevision" | "maxLoraRank">;

/**
 * The training contract of a pool, written from the same tables the checks read, so that it cannot promise otherwise.
 * @param pools all pools; those of the same base with other ranks are named
 */
export function writeContract(pool: ContractPool, pools: readonly SisterPool[]): ContractDocument {
  const facts = trainingContractOf(pool);
  const otherRanks = pools
    .filter(
      ({ id, baseModel, maxLoraRank }) =>
        id !== pool.id && baseModel === pool.baseModel && maxLoraRank !== pool.maxLoraRank,
    )
    .map(({ slug, name, maxLoraRank }) => ({ slug, name, rank: maxLoraRank }))
    .sort((a, b) => a.rank - b.rank || a.slug.localeCompare(b.slug));
  const storedDtypes = [pool.dtype, ...POOL_DTYPES.filter((dtype) => dtype !== pool.dtype)];
  const { id, slug, name, generation } = pool;
  return {
    format: CONTRACT_FORMAT,
    pool: { id, slug, name, generation },
    ...facts,
    baseShapes: pool.baseShapes,
    slotBytes: slotBytes(pool),
    otherRanks,
    storedDtypes,
    modules: modulesIn(pool),
    files: FILES.map((file) => ({ ...file, mostBytes: STORED_FILES[file.name] ?? 0 })),
    forbidden: forbiddenOptions(pool),
    rules: contractRules(facts, { otherRanks, storedDtypes, slotBytes: slotBytes(pool) }),
    loraConfig: loraConfigOf(pool),
  };
}

function modulesIn({ baseShapes }: ContractPool): ContractDocument["modules"] {
  if (baseShapes === null) return null;
  return modulesOf(baseShapes.architecture).map((name) => ({
    name,
    path: pathOf(name),
    ...moduleWidths(baseShapes, name),
  }));
}

const pathOf = (name: string): string =>
  name in LAYER_MODULES ? `model.layers.<n>.${LAYER_MODULES[name as LayerModule]}` : MODEL_MODULES[name as ModelModule];

/** What a folder may hold; everything else in it is left out or refused. */
const FILES: readonly Omit<ContractDocument["files"][number], "mostBytes">[] = [
  {
    name: CONFIG_FILE,
    isRequired: true,
    why: "Rank, alpha and base model of the adapter, as save_pretrained writes it.",
  },
  {
    name: WEIGHTS_FILE,
    isRequired: true,
    why: "All weights in one file: nodes read no shards, and no pickles are stored.",
  },
  {
    name: TOKENIZER_FILE,
    isRequired: false,
    why: "Proves the tokenizer. Without it this contract speaks for the adapter.",
  },
  {
    name: "tokenizer_config.json",
    isRequired: false,
    why: "Proves the sequence limit, and the chat template where it holds one.",
  },
  { name: TEMPLATE_FILE, isRequired: false, why: "Proves the chat template; the node uses the base model's." },
  { name: "config.json", isRequired: false, why: "Proves the architecture." },
];

const ANOTHER_BASE = "Save it with path_initial_model_for_weight_conversion, which makes a plain LoRA of it.";

const forbiddenOptions = ({ engineVersions }: ContractPool): ContractDocument["forbidden"] => [
  ...REFUSED_SETTINGS.map(({ key, why, fix }) => ({ option: key, why, instead: fix })),
  ...forbiddenPatterns(patternSupport(engineVersions)),
  {
    option: "init_lora_weights (pissa, olora, corda, loftq)",
    why: "It moves part of the base into the adapter, which then answers wrongly on the pool's own base.",
    instead: ANOTHER_BASE,
  },
];

/** Allowed where every node of the pool scales by them. */
const forbiddenPatterns = (support: PatternSupport): ContractDocument["forbidden"] =>
  support.isHonoured
    ? []
    : [
        { option: "rank_pattern", why: support.why, instead: "Train all modules with one rank." },
        { option: "alpha_pattern", why: support.why, instead: "Train all modules with one alpha." },
      ];

function loraConfigOf({
  baseModel,
  baseRevision,
  maxLoraRank,
  baseShapes,
}: ContractPool): ContractDocument["loraConfig"] {
  return {
    task_type: "CAUSAL_LM",
    base_model_name_or_path: baseModel,
    ...(baseRevision === null ? {} : { revision: baseRevision }),
    r: maxLoraRank,
    lora_alpha: 2 * maxLoraRank,
    lora_dropout: 0,
    target_modules: baseShapes === null ? "all-linear" : Object.keys(LAYER_MODULES),
    bias: "none",
    use_dora: false,
    modules_to_save: null,
  };
}
