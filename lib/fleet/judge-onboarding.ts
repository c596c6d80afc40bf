import type { FieldProblem } from "#lib/platform/errors.ts";
import { engineProfile } from "#lib/vllm/engine-profile.ts";
import type { ModelCard } from "#lib/vllm/schema.ts";
import { servesBase } from "./observe-node.ts";
import type { OnboardingFinding } from "./schema.ts";

/** What the first look at a node found. */
export type NodeFacts = {
  version: string | null;
  cards: readonly ModelCard[];
  simulated: boolean;
  engineHealthy: boolean;
  /** The endpoint for loading adapters exists. */
  canLoad: boolean;
  /** Status of a request for a model that cannot exist; 404 is right. */
  unknownModelStatus: number;
  processStart: Date | null;
  hasKey: boolean;
};

/** Whether a node may join a pool: problems refuse it, findings are kept for its report. */
export function judgeOnboarding(
  facts: NodeFacts,
  pool: { baseModel: string },
): { problems: FieldProblem[]; findings: OnboardingFinding[] } {
  return { problems: problemsOf(facts, pool), findings: [...passes(facts, pool), ...warnings(facts)] };
}

const baseCards = (cards: readonly ModelCard[]) =>
  cards.filter((card) => card.parent === null || card.parent === undefined);

function problemsOf(facts: NodeFacts, pool: { baseModel: string }): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const add = (code: string, message: string, fix: string) => problems.push({ field: "baseUrl", code, message, fix });
  const bases = baseCards(facts.cards);
  if (!facts.engineHealthy)
    add("engine_dead", "The node's engine is dead (its /health says 503).", "Restart the engine, then add the node.");
  if (!servesBase(bases, pool.baseModel))
    add(
      "base_model_mismatch",
      `The node serves ${bases.map(({ id }) => id).join(", ") || "no base model"}, but the pool is for ${pool.baseModel}.`,
      "Start the engine with the pool's launch command, or add the node to the pool of its base model.",
    );
  if (!facts.canLoad)
    add(
      "lora_updates_off",
      "The node has no endpoint for loading adapters.",
      "Start the engine with VLLM_ALLOW_RUNTIME_LORA_UPDATING=1 and --enable-lora.",
    );
  if (facts.unknownModelStatus !== 404)
    add(
      "serves_unknown_names",
      `Asked for a model that does not exist, the node answered ${facts.unknownModelStatus} instead of 404: a customer could get another model unseen.`,
      "Start the engine without VLLM_SKIP_MODEL_NAME_VALIDATION.",
    );
  return problems;
}

const pass = (code: string, message: string): OnboardingFinding => ({ code, severity: "pass", message, fix: null });

function passes(facts: NodeFacts, pool: { baseModel: string }): OnboardingFinding[] {
  const adapters = facts.cards.length - baseCards(facts.cards).length;
  return [
    pass(
      "reachable",
      `It answers as vLLM ${facts.version ?? "of unknown version"}${facts.simulated ? ", simulated" : ""}.`,
    ),
    pass("base_model", `It serves ${pool.baseModel}.`),
    pass("lora_loading", "Adapters can be loaded at run time."),
    pass("unknown_model", "A model that does not exist is refused with 404."),
    pass(
      "listing",
      adapters === 0 ? "It lists no adapter yet." : `It lists ${adapters} adapter${adapters === 1 ? "" : "s"} already.`,
    ),
  ];
}

function warnings(facts: NodeFacts): OnboardingFinding[] {
  const findings = engineProfile(facts.version).advisories.map(
    (advisory): OnboardingFinding => ({ ...advisory, severity: "warning" }),
  );
  const add = (code: string, message: string, fix: string) =>
    findings.push({ code, severity: "warning", message, fix });
  if (!facts.hasKey)
    add(
      "no_api_key",
      "The node asks for no key: whoever reaches it can load adapters and use any tenant's.",
      "Start the engine with VLLM_API_KEY, and let only Switchyard reach its port.",
    );
  if (facts.processStart === null)
    add(
      "process_start_hidden",
      "Its metrics do not tell when the process started: a restart is noticed only once its adapters are gone.",
      "Run vLLM's Python front end without PROMETHEUS_MULTIPROC_DIR.",
    );
  const shapeless = facts.cards.find((card) => typeof card.parent === "string" && typeof card.root !== "string");
  if (shapeless)
    add(
      "listing_without_paths",
      `It lists ${shapeless.id} without the path it was loaded from, so nobody can tell whose bytes those are.`,
      "Run vLLM 0.25 or newer.",
    );
  return findings;
}
