import { roundly } from "#lib/alerting/browser/forecast-text.ts";
import type { SeenFinding } from "#lib/alerting/findings/record-finding.ts";
import { measurementsOf } from "#lib/metrics/measurement.ts";
import { type Judgement, nodeSubject } from "./judgement.ts";
import type { BatchMinute, NodeFacts, PoolFacts } from "./pool-facts.ts";
import { apiCall } from "./rollout-fix.ts";
import { counted } from "./words.ts";

const PITFALL = "batch_composition";
/** Shares of the slots from which on a batch counts as mixed, and up to which as uniform. */
const MIXED = 0.75;
const UNIFORM = 0.25;
/** Throughput must be lower by so much. */
const LOST = 0.2;
/** Minutes of both kinds that must have been seen. */
const LEAST_MINUTES = 3;
/** As long as a request is held back at most to join others of its adapter (mission M11). */
const MOST_WAIT_MS = 50;
/** Either way an estimate. */
const KNOWN_BY: Record<BatchMinute["by"], string> = {
  steps: "from the plugin's histogram, whose buckets hold several counts each",
  scrapes:
    "adapters with a request by vllm:lora_requests_info, running or waiting, so that a batch may hold fewer (the Switchyard plugin for vLLM counts each)",
};

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/**
 * Batch composition: with batches that mix adapters of three quarters of the slots, a node makes a fifth fewer tokens a
 * second than the same node makes with a quarter of them. Grouping requests of one adapter makes batches more uniform.
 */
export function detectBatchComposition(facts: PoolFacts): Judgement {
  return {
    seen: facts.nodes.flatMap((node) => finding(node, facts) ?? []),
    blind: facts.nodes
      .filter(({ batches }) => batches === null)
      .map(({ id }) => ({ pitfall: PITFALL, nodeId: id }) as const),
  };
}

function finding(node: NodeFacts, facts: PoolFacts): SeenFinding | null {
  const batches = node.batches ?? [];
  const mixed = batches.filter(({ adapters }) => adapters >= MIXED * node.slots);
  const uniform = batches.filter(({ adapters }) => adapters <= UNIFORM * node.slots);
  if (mixed.length < LEAST_MINUTES || uniform.length < LEAST_MINUTES) return null;
  const slow = mean(mixed.map(({ tokensPerSecond }) => tokensPerSecond));
  const fast = mean(uniform.map(({ tokensPerSecond }) => tokensPerSecond));
  if (slow > (1 - LOST) * fast) return null;
  const adapters = mean(mixed.map((minute) => minute.adapters));
  const by = mixed.some((minute) => minute.by === "scrapes") ? "scrapes" : "steps";
  const make = measurementsOf({ simulated: node.simulated, asOf: node.scrapedAt ?? facts.now });
  const share = Math.round((1 - slow / fast) * 100);
  return {
    pitfall: PITFALL,
    severity: "warning",
    ...nodeSubject(node),
    body: {
      sentence: `${node.name}: with ${by === "scrapes" ? "up to " : ""}${roundly(adapters)} distinct adapters a batch of ${counted(node.slots, "slot")} it makes ${roundly(slow)} tok/s, ${share} % under its ${roundly(fast)} with few; ${adviceOf(facts).short}.`,
      evidence: [
        {
          label: "Distinct adapters a batch, in mixed minutes",
          figure: make(adapters, "adapters", "inferred"),
          note: `Mean of ${counted(mixed.length, "minute")}; ${KNOWN_BY[by]}.`,
        },
        { label: "Throughput in them", figure: make(slow, "tok/s"), note: "Tokens generated, by vLLM's own counter." },
        {
          label: "Throughput with few adapters a batch",
          figure: make(fast, "tok/s"),
          note: `Mean of ${counted(uniform.length, "minute")} with at most ${roundly(UNIFORM * node.slots)} adapters a batch on the same node. The load may have differed as well.`,
        },
      ],
      cause:
        "One batch that mixes adapters is computed in groups, one for each; the more of them there are, the smaller each is, and the less of the GPU it fills.",
      fix: adviceOf(facts).fix,
      forecast: null,
    },
  };
}

/** Hold requests back a little to group them; where that is done already, let fewer tenants share a node. */
function adviceOf({ pool }: PoolFacts): { short: string; fix: SeenFinding["body"]["fix"] } {
  if (pool.maxBatchWaitMs < MOST_WAIT_MS)
    return {
      short: `hold requests up to ${MOST_WAIT_MS} ms to group those of one adapter`,
      fix: {
        sentence: `Set the pool's batch wait (max_batch_wait_ms, now ${pool.maxBatchWaitMs}) to ${MOST_WAIT_MS}: requests of one adapter then come into the batch together.`,
        command: apiCall("PATCH", `/pools/${pool.id}`, { maxBatchWaitMs: MOST_WAIT_MS }, pool.generation),
        action: { label: "Set its batch wait", href: `/pools/${pool.id}` },
        undo: `Set it back to ${pool.maxBatchWaitMs}; it counts at once.`,
      },
    };
  return {
    short: "place each adapter on fewer of its nodes",
    fix: {
      sentence:
        "Requests are grouped already. Place each adapter on fewer nodes, or add a node, so that fewer tenants meet in a batch.",
      command: null,
      action: { label: "Plan its placement", href: `/pools/${pool.id}/placement` },
      undo: "A plan is applied only manually, and you can apply another one later.",
    },
  };
}
