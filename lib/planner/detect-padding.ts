import { bytesText } from "#lib/alerting/browser/forecast-text.ts";
import type { SeenFinding } from "#lib/alerting/findings/record-finding.ts";
import { poolMemory } from "#lib/pools/memory.ts";
import { LORA_RANKS } from "#lib/pools/schema.ts";
import { type Judgement, NOTHING_SEEN, poolSubject } from "./judgement.ts";
import type { PoolFacts } from "./pool-facts.ts";
import { rolloutFix } from "./rollout-fix.ts";
import { counted, listed } from "./words.ts";

/** From this share of the slots' memory on it is worth a warning. */
const GRAVE_SHARE = 0.25;

/**
 * Rank padding: the pool's max_lora_rank lies above the rank of a version that is live in it, so that vLLM pads that
 * version's slot (mission M2).
 */
export function detectPadding(facts: PoolFacts): Judgement {
  const { pool, live, nodes, now } = facts;
  const memory = poolMemory(pool, live, nodes, now.toISOString());
  const lower = memory.ranks.filter(({ rank }) => rank < pool.maxLoraRank);
  if (lower.length === 0) return NOTHING_SEEN;
  const share = memory.wasteShare.figure.value ?? 0;
  const versions = lower.reduce((sum, each) => sum + each.versions, 0);
  const ranks = listed(lower.map((each) => `${each.versions} of rank ${each.rank}`));
  const waste = memory.waste.figure.value;
  const remedy = remedyOf(facts);
  const evidence = [
    { label: "Lost to padding, on each node", ...memory.waste },
    { label: "Share of the slots' memory", ...memory.wasteShare },
    { label: "What it costs", ...memory.wasteCost },
  ];
  const seen: SeenFinding = {
    pitfall: "rank_padding",
    severity: share >= GRAVE_SHARE ? "warning" : "notice",
    ...poolSubject(facts),
    body: {
      sentence: `${ranks} beside slots of rank ${pool.maxLoraRank}: ${waste === null ? "an unknown part" : bytesText(waste)} of each node's slots is padding; ${remedy.short}.`,
      evidence: evidence.map(({ label, figure, formula, note }) => ({
        label,
        figure,
        note: note === null ? formula : `${formula}. ${note}`,
      })),
      cause: `vLLM allocates every slot at max_lora_rank ${pool.maxLoraRank}, whatever the rank of the adapter in it, and computes at that rank. ${counted(versions, "live version has", "live versions have")} a lower one.`,
      fix: remedy.fix,
      forecast:
        waste === null
          ? null
          : {
              what: "Padding",
              unit: "bytes",
              before: waste,
              after: remedy.wasteAfter(waste),
              note: "On each node, by vLLM's formula for a slot; what the freed memory brings goes to the KV cache.",
            },
    },
  };
  return { seen: [seen], blind: [] };
}

type Remedy = { short: string; fix: SeenFinding["body"]["fix"]; wasteAfter: (before: number) => number };

/** One rank for all: the pool's own where nothing needs more, else a pool of its own for those that need less. */
function remedyOf({ pool, live, nodes, highestRank, now }: PoolFacts): Remedy {
  const rank = highestRank === null ? undefined : LORA_RANKS.find((each) => each >= highestRank);
  if (rank !== undefined && rank < pool.maxLoraRank) {
    const after = poolMemory({ ...pool, maxLoraRank: rank }, live, nodes, now.toISOString()).waste.figure.value ?? 0;
    return {
      short: `nothing here needs more than rank ${rank}`,
      fix: rolloutFix(
        pool.id,
        { maxLoraRank: rank },
        `Start the pool's engines with --max-lora-rank ${rank}; versions of a higher rank are refused from then on.`,
      ),
      wasteAfter: () => after,
    };
  }
  return {
    short: "give the lower ranks a pool of their own, or train them at the pool's rank",
    fix: {
      sentence: `Keep one rank a pool: train these adapters at rank ${pool.maxLoraRank}, or add a pool of their rank and move their tenants there.`,
      command: null,
      action: { label: "Open its training contract", href: `/pools/${pool.id}/contract` },
      undo: null,
    },
    wasteAfter: () => 0,
  };
}
