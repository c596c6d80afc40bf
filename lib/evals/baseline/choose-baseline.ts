import type { BaselineChoice, BaselineKind, Baselines } from "../browser/baseline-schema.ts";

/** What is known of a version's place when its gate is to be run. */
export type BaselineFacts = {
  number: number;
  /** What serves the adapter's customers now; `itself` = this very version. */
  live: { kind: "none" } | { kind: "itself" } | { kind: "other"; number: number; state: string };
  /** The endpoint that the adapter's route started at. */
  origin: { name: string; host: string; model: string; hasEnded: boolean; isOthers: boolean } | null;
  /** The pool's standalone node that is in service. */
  standaloneNode: string | null;
  baseModel: string;
  /** Nodes of the pool that answer customers now. */
  servingNodes: number;
};

type Refusal = NonNullable<BaselineChoice["refusal"]>;
type Explained = Omit<Baselines, "versionId" | "speed">;

/**
 * Which baselines a gate can have, what each proves, and why the others do not apply. The live version gates wherever there
 * is one: it is what customers would lose. Before the first cutover the customer's present deployment proves most, and the
 * version alone proves only that sharing a pool changes nothing. The base model never gates.
 */
export function chooseBaseline(facts: BaselineFacts): Explained {
  const choices = [aboutLive(facts), aboutOrigin(facts), aboutStandalone(facts), aboutItself(facts), aboutBase(facts)];
  const first = (kinds: readonly BaselineKind[]) =>
    choices.find(({ kind, gates, refusal }) => kinds.includes(kind) && gates && refusal === null)?.kind ?? null;
  const recommended = first(["live", "origin", "standalone"]);
  return { recommended, because: explainChoice(recommended, facts), unnamed: first(["live", "standalone"]), choices };
}

/** Something else serves that can be asked: whatever is compared with instead, it is not what customers have today. */
const hasLiveToLose = ({ live }: BaselineFacts): boolean => live.kind === "other" && live.state === "ready";

function aboutLive({ live }: BaselineFacts): BaselineChoice {
  const proves =
    "A pass proves that customers get answers as good as today's: same pool, same prompts, only the adapter differs.";
  return {
    kind: "live",
    name: live.kind === "other" ? `v${live.number}, live` : "The live version",
    proves,
    gates: true,
    refusal: refuseLive(live),
  };
}

function refuseLive(live: BaselineFacts["live"]): Refusal | null {
  switch (live.kind) {
    case "none":
      return no(
        "nothing_live",
        "Nothing is live yet: this would be the first cutover.",
        "Compare with the current deployment, or with the version alone.",
      );
    case "itself":
      return no(
        "live_is_itself",
        "This version is the live one, and nothing is compared with itself on the same nodes.",
        "Compare with the version alone: that shows what sharing the pool changes.",
      );
    case "other":
      if (live.state === "ready") return null;
      return no(
        "live_not_ready",
        `v${live.number} is live but ${live.state}, so it may be loaded nowhere and cannot be asked.`,
        "Compare with the version alone, or make another version live first.",
      );
  }
}

function aboutOrigin(facts: BaselineFacts): BaselineChoice {
  const { origin } = facts;
  return {
    kind: "origin",
    name: origin === null ? "The customer's current deployment" : `${origin.host}, model ${origin.model}`,
    proves: hasLiveToLose(facts)
      ? "Shows how far the answers are from the deployment that the customer came from. It does not gate: another version is live, and that is what customers would lose."
      : "A pass proves that customers get answers as good as from the deployment they have today. Its engine and GPU are unknown, so a difference may come from there as well as from the adapter. It is asked every prompt: its operator sees that traffic, and may be charged for it.",
    gates: !hasLiveToLose(facts),
    refusal: refuseOrigin(origin),
  };
}

function refuseOrigin(origin: BaselineFacts["origin"]): Refusal | null {
  if (origin === null)
    return no(
      "no_origin",
      "No current deployment of the customer is known for this adapter.",
      "Enter it on the tenant's page under Routing: base URL, model and key.",
    );
  if (origin.hasEnded)
    return no("origin_ended", `${origin.name} is marked as switched off.`, "Compare with the live version.");
  if (origin.isOthers)
    return no(
      "origin_of_another_tenant",
      `${origin.name} may answer for another tenant only.`,
      "Choose an endpoint of this tenant as the adapter's origin.",
    );
  return null;
}

function aboutStandalone(facts: BaselineFacts): BaselineChoice {
  const { standaloneNode, number } = facts;
  const node = standaloneNode ?? "a standalone node";
  return {
    kind: "standalone",
    name: `v${number} alone on ${node}`,
    proves: hasLiveToLose(facts)
      ? "Shows the noise of the kernels: what changes because one batch mixes adapters. It does not gate: it says nothing about the version that is live."
      : "A pass proves that sharing the pool with other adapters changes no answers. It does not prove that the answers are as good as those customers have today.",
    gates: !hasLiveToLose(facts),
    refusal:
      standaloneNode === null
        ? no(
            "no_standalone_node",
            "The pool has no node in service that serves evaluations only.",
            "Add a node to the pool with standalone: true, or lift the cordon of the one it has.",
          )
        : null,
  };
}

function aboutItself({ number, servingNodes }: BaselineFacts): BaselineChoice {
  return {
    kind: "itself",
    name: `v${number} asked again on the same nodes`,
    proves:
      "Shows drift only: how often the version answers the same prompt differently, and how many it answers correctly. It never gates: a version always agrees with itself.",
    gates: false,
    refusal: refuseWithoutNodes(servingNodes),
  };
}

const refuseWithoutNodes = (servingNodes: number): Refusal | null =>
  servingNodes === 0
    ? no("no_nodes", "No node of the pool answers now.", "Look at the pool's nodes, then try again.")
    : null;

function aboutBase({ baseModel, servingNodes }: BaselineFacts): BaselineChoice {
  return {
    kind: "base",
    name: baseModel,
    proves:
      "Shows what the adapter adds to the base model. It never gates: a version that beats the base model may still be worse than what customers have.",
    gates: false,
    refusal: refuseWithoutNodes(servingNodes),
  };
}

function explainChoice(recommended: BaselineKind | null, { live, origin, standaloneNode }: BaselineFacts): string {
  switch (recommended) {
    case "live":
      return "The live version is what customers would lose, and it runs on the same pool.";
    case "origin":
      return live.kind === "itself"
        ? "This version is live itself; the deployment that the customer came from is what it can be held against."
        : "Nothing is live yet, and the customer is served elsewhere: those answers are the ones to keep.";
    case "standalone":
      return origin === null || origin.hasEnded
        ? "No other version can answer and no current deployment is known, so only the pool itself can be tested."
        : "Neither another version nor the current deployment can answer, so only the pool itself can be tested.";
    case "itself":
    case "base":
    case null:
      return standaloneNode === null
        ? "No gate can pass yet, because there is nothing to compare with: no other version is live, no current deployment can be asked, and the pool has no standalone node."
        : "No gate can pass yet, because there is nothing to compare with.";
  }
}

const no = (code: string, message: string, fix: string): Refusal => ({ code, message, fix });
