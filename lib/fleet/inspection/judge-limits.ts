import type { NodeLimits, OnboardingFinding } from "../schema.ts";
import { pass, problem, unknown, warning } from "./finding.ts";
import { baseCards, type NodeFacts } from "./node-facts.ts";

export type PoolLimits = { maxLoras: number; maxCpuLoras: number; maxLoraRank: number; maxModelLen: number };

const LIMITS = [
  ["maxLoras", "max_loras"],
  ["maxCpuLoras", "max_cpu_loras"],
  ["maxLoraRank", "max_lora_rank"],
] as const;

/** The node's limits: as the engine shows them, and as the pool declares them where it shows nothing. */
export function limitsOf(facts: Pick<NodeFacts, "visible" | "cards">, pool: PoolLimits): NodeLimits {
  const limit = (seen: number | null, declared: number): NodeLimits["maxLoras"] =>
    seen === null ? { value: declared, source: "declared" } : { value: seen, source: "measured" };
  return {
    maxLoras: limit(facts.visible.maxLoras, pool.maxLoras),
    maxCpuLoras: limit(facts.visible.maxCpuLoras, pool.maxCpuLoras),
    maxLoraRank: limit(facts.visible.maxLoraRank, pool.maxLoraRank),
    maxModelLen: limit(baseCards(facts.cards)[0]?.max_model_len ?? null, pool.maxModelLen),
  };
}

/** Whether the node runs with the pool's limits, each one seen, contradicted or taken on trust. */
export function judgeLimits(facts: Pick<NodeFacts, "visible" | "cards">, pool: PoolLimits): OnboardingFinding[] {
  const limits = limitsOf(facts, pool);
  const differing = LIMITS.filter(([key]) => limits[key].source === "measured" && limits[key].value !== pool[key]);
  const trusted = LIMITS.filter(([key]) => limits[key].source === "declared").map(([, flag]) => flag);
  const seen = LIMITS.filter(([key]) => limits[key].source === "measured" && limits[key].value === pool[key]);
  return [
    modelLen(limits.maxModelLen, pool.maxModelLen),
    ...differing.map(([key, flag]) =>
      warning(
        "limit_differs",
        `It runs with ${flag} ${limits[key].value}, the pool says ${pool[key]}.`,
        "Start the engine with the pool's launch command, or change the pool's limits by a rollout.",
      ),
    ),
    ...(trusted.length > 0
      ? [
          unknown(
            "limits_declared",
            `The engine does not show ${trusted.join(", ")}: the pool's values are taken on trust.`,
            "Install the vLLM plugin, whose metrics show them. max_loras appears once an adapter was used.",
          ),
        ]
      : []),
    ...(seen.length > 0 && differing.length === 0
      ? [pass("limits", `As the pool says: ${seen.map(([key, flag]) => `${flag} ${limits[key].value}`).join(", ")}.`)]
      : []),
  ];
}

function modelLen({ value, source }: NodeLimits["maxModelLen"], wanted: number): OnboardingFinding {
  const fix = `Start the engine with --max-model-len ${wanted}, or give the node a pool of its own.`;
  if (source === "declared") return unknown("max_model_len", "It does not report how long a request may be.", fix);
  if (value === wanted) return pass("max_model_len", `Requests may be ${value} tokens long, as the pool says.`);
  if (value > wanted) return warning("max_model_len_larger", `It takes ${value} tokens, the pool only ${wanted}.`, fix);
  return problem(
    "max_model_len_too_small",
    `It takes ${value} tokens, but its pool promises ${wanted}: longer requests would fail on this node only.`,
    fix,
  );
}
