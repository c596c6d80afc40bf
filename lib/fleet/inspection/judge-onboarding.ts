import type { FieldProblem } from "#lib/platform/errors.ts";
import { servesBase } from "../reconcile/observe-node.ts";
import type { OnboardingFinding } from "../schema.ts";
import { pass, problem, unknown, warning } from "./finding.ts";
import { judgeExposure } from "./judge-exposure.ts";
import { judgeLimits, type PoolLimits } from "./judge-limits.ts";
import { judgeTokens, type TokenReference } from "./judge-tokens.ts";
import { baseCards, loraCards, type NodeFacts } from "./node-facts.ts";
import { isReferenceName } from "./reference-name.ts";

export type { NodeFacts } from "./node-facts.ts";
/** What of a pool a node is held against. */
export type PoolToJoin = PoolLimits & { baseModel: string; tokens: TokenReference };

/** Everything one inspection says about a node, but for delivery and its release's known faults. @param pool null = there is none yet */
export const judgeOnboarding = (facts: NodeFacts, pool: PoolToJoin | null): OnboardingFinding[] => [
  pass(
    "reachable",
    `It answers as vLLM ${facts.version ?? "of unknown version"}${facts.simulated ? ", simulated" : ""}.`,
  ),
  ...judgeServing(facts, pool),
  ...judgeTokens(facts, pool?.tokens ?? null),
  ...(pool ? judgeLimits(facts, pool) : []),
  ...judgeProcess(facts),
  ...judgeExposure(facts),
  listing(facts),
];

function judgeServing(facts: NodeFacts, pool: { baseModel: string } | null): OnboardingFinding[] {
  const bases = baseCards(facts.cards);
  const served = bases.map(({ id }) => id).join(", ") || "no base model";
  return [
    facts.engineHealthy
      ? pass("engine_healthy", "Its engine is alive.")
      : problem(
          "engine_dead",
          "The node's engine is dead (its /health says 503).",
          "Restart the engine, then add the node.",
        ),
    pool === null || servesBase(bases, pool.baseModel)
      ? pass("base_model", `It serves ${served}.`)
      : problem(
          "base_model_mismatch",
          `The node serves ${served}, but the pool is for ${pool.baseModel}.`,
          "Start the engine with the pool's launch command, or add the node to the pool of its base model.",
        ),
    loraLoading(facts),
    facts.unknownModelStatus === 404
      ? pass("unknown_model", "A model that does not exist is refused with 404.")
      : problem(
          "serves_unknown_names",
          `The node answered ${facts.unknownModelStatus} instead of 404 to a model that does not exist. A customer could get another model without noticing.`,
          "Start the engine without VLLM_SKIP_MODEL_NAME_VALIDATION.",
        ),
  ];
}

function loraLoading({ canLoad, loraEnabled }: NodeFacts): OnboardingFinding {
  if (!canLoad)
    return problem(
      "lora_updates_off",
      "The node has no endpoint for loading adapters.",
      "Start the engine with VLLM_ALLOW_RUNTIME_LORA_UPDATING=1 and --enable-lora.",
    );
  if (loraEnabled === false)
    return problem(
      "lora_off",
      "The node has the endpoint for loading adapters, but its engine runs without LoRA: every load would fail.",
      "Start the engine with --enable-lora.",
    );
  if (loraEnabled === null)
    return unknown(
      "lora_loading",
      "The endpoint for loading adapters is there; whether the engine runs with LoRA is not shown.",
      "Start the engine with --enable-lora and without --disable-log-stats.",
    );
  return pass("lora_loading", "LoRA is on, and adapters can be loaded at run time.");
}

function judgeProcess(facts: NodeFacts): OnboardingFinding[] {
  const findings: OnboardingFinding[] = [];
  if (facts.processStart === null)
    findings.push(
      warning(
        "process_start_hidden",
        "Its metrics do not report when the process started. A restart is noticed only once its adapters are gone.",
        "Run vLLM's Python front end without PROMETHEUS_MULTIPROC_DIR.",
      ),
    );
  if (facts.engines > 1)
    findings.push(
      warning(
        "several_engines",
        `${facts.engines} engines run behind its API. A load reports the result of the first one only, and an engine whose load failed has no adapter.`,
        "Start each data-parallel rank with its own API server, and add every rank as a node of its own.",
      ),
    );
  const shapeless = facts.cards.find((card) => typeof card.parent === "string" && typeof card.root !== "string");
  if (shapeless)
    findings.push(
      warning(
        "listing_without_paths",
        `It lists ${shapeless.id} without the path it was loaded from, so the origin of its bytes is unknown.`,
        "Run vLLM 0.25 or newer.",
      ),
    );
  return findings;
}

function listing(facts: NodeFacts): OnboardingFinding {
  const count = loraCards(facts.cards).filter(({ id }) => !isReferenceName(id)).length;
  return pass(
    "listing",
    count === 0 ? "It lists no adapter yet." : `It lists ${count} adapter${count === 1 ? "" : "s"} already.`,
  );
}

/** Findings that refuse a node, against the field of the form that names it. */
export const refusals = (findings: readonly OnboardingFinding[]): FieldProblem[] =>
  findings
    .filter(({ severity }) => severity === "problem")
    .map(({ code, message, fix }) => ({ field: "baseUrl", code, message, fix: fix ?? "" }));
