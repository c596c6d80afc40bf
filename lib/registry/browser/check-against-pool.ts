import { judgeBaseName } from "#lib/pools/browser/base-names.ts";
import { LORA_RANKS, type Pool } from "#lib/pools/schema.ts";
import type { Finding } from "../schema.ts";
import type { AdapterConfig } from "./adapter-config.ts";
import { CONFIG_FILE } from "./file-set.ts";
import { error, fieldOf, pass, warning } from "./finding.ts";
import { highestRank } from "./module-patterns.ts";

/** The part of a pool that decides what it can serve; a `Pool` from the API is one. */
export type PoolRules = Pick<
  Pool,
  | "baseModel"
  | "baseRevision"
  | "baseAliases"
  | "otherBases"
  | "engineVersions"
  | "architecture"
  | "baseShapes"
  | "maxLoraRank"
  | "dtype"
  | "slotBytes"
>;

/** Rank and base model of the config against the pool's. */
export function checkAgainstPool(config: AdapterConfig, pool: PoolRules): Finding[] {
  return [rankFinding(highestRank(config.r, config.rank_pattern), pool), baseModelFinding(config, pool)];
}

/** The smallest rank a pool can have that holds an adapter of this rank; null = vLLM has none. */
const poolRankFor = (rank: number): number | null => LORA_RANKS.find((allowed) => allowed >= rank) ?? null;

function rankFinding(rank: number, pool: PoolRules): Finding {
  const field = fieldOf(CONFIG_FILE, "r");
  const evidence = { found: rank, pool: pool.maxLoraRank };
  const fitting = poolRankFor(rank);
  const allowed = LORA_RANKS.join(", ");
  if (!LORA_RANKS.some((value) => value === pool.maxLoraRank))
    return error({
      code: "pool_rank_invalid",
      title: `No node can start with the pool's rank ${pool.maxLoraRank}`,
      message: `vLLM takes ${allowed} for max_lora_rank and nothing else.`,
      fix: "Set the pool's rank to one of these.",
      evidence,
    });
  if (fitting === null)
    return error({
      code: "rank_above_vllm",
      title: `Rank ${rank} fits no pool`,
      message: `vLLM's max_lora_rank takes ${allowed}; no node can hold this adapter.`,
      fix: `Train with rank ${pool.maxLoraRank}.`,
      field,
      evidence,
    });
  if (rank > pool.maxLoraRank)
    return error({
      code: "rank_above_pool",
      title: `Rank ${rank} is above the pool's ${pool.maxLoraRank}`,
      message: "The node refuses to load it: its slots are that small.",
      fix: `Train with rank ${pool.maxLoraRank}, or put the adapter into a pool of rank ${fitting}.`,
      field,
      evidence,
    });
  if (rank < pool.maxLoraRank) return rankBelow(rank, fitting, pool);
  return pass({
    code: "rank_fits",
    title: `Rank ${rank} is the pool's rank`,
    message: "No slot memory is wasted.",
    field,
    evidence,
  });
}

function rankBelow(rank: number, fitting: number, pool: PoolRules): Finding {
  const share = 1 - rank / pool.maxLoraRank;
  const evidence = { found: rank, pool: pool.maxLoraRank };
  return warning({
    code: "rank_below_pool",
    title: `Rank ${rank} wastes part of a slot of rank ${pool.maxLoraRank}`,
    message: `vLLM pads every slot to the pool's rank: ${Math.round(100 * share)} % of this one stays empty.`,
    fix:
      fitting < pool.maxLoraRank
        ? `Train with rank ${pool.maxLoraRank}, or use a pool of rank ${fitting}.`
        : `Train with rank ${pool.maxLoraRank}; vLLM has no smaller slots that hold rank ${rank}.`,
    field: fieldOf(CONFIG_FILE, "r"),
    evidence:
      pool.slotBytes === null ? evidence : { ...evidence, "wasted bytes a node": Math.round(pool.slotBytes * share) },
  });
}

function baseModelFinding(config: AdapterConfig, pool: PoolRules): Finding {
  const found = config.base_model_name_or_path.trim();
  const verdict = judgeBaseName(found, pool);
  const field = fieldOf(CONFIG_FILE, "base_model_name_or_path");
  const evidence = { found: found || "no name", pool: pool.baseModel };
  switch (verdict.kind) {
    case "other":
      return error({
        code: "base_model_mismatch",
        title: "Trained on another base model",
        message: `The adapter says ${found}, the pool serves ${pool.baseModel}. vLLM would load it without a word and answer wrongly.`,
        fix: `Train on ${pool.baseModel}, or use a pool that serves ${verdict.base}.`,
        field,
        evidence,
      });
    case "unknown":
      return warning({
        code: "base_name_unknown",
        title: found === "" ? "The adapter names no base model" : "The base model's name is not known",
        message: `${found === "" ? "Nothing" : `Nothing but the name ${found}`} says which base it was trained on; shapes and tokenizer are compared with ${pool.baseModel}. A base with the same shapes would answer wrongly.`,
        fix: `If it was trained on ${pool.baseModel} or a copy of it, an admin acknowledges the name: the pool keeps it as an alias.`,
        field,
        evidence,
      });
    case "alias":
      return pass({
        code: "base_model_matches",
        title: "Trained on the pool's base model",
        message: `${found === "" ? "A missing name" : found} is an alias of ${pool.baseModel} in this pool.`,
        field,
        evidence: { ...evidence, alias: verdict.alias },
      });
    case "same":
      return revisionFinding(config, pool, found);
  }
}

/** Revisions are compared within one repository only: a copy under another name has its own. */
function revisionFinding(config: AdapterConfig, pool: PoolRules, found: string): Finding {
  if (config.revision && pool.baseRevision && config.revision !== pool.baseRevision)
    return error({
      code: "base_revision_mismatch",
      title: "Trained on another revision of the base model",
      message: `The adapter says ${config.revision}, the pool serves ${pool.baseRevision}.`,
      fix: `Train on revision ${pool.baseRevision}.`,
      field: fieldOf(CONFIG_FILE, "revision"),
      evidence: { found: config.revision, pool: pool.baseRevision },
    });
  return pass({
    code: "base_model_matches",
    title: "Trained on the pool's base model",
    message: `Both say ${found}.`,
    field: fieldOf(CONFIG_FILE, "base_model_name_or_path"),
  });
}
