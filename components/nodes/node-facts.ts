import type { StateRole } from "#components/ui/status-words.ts";
import type { Node } from "#lib/fleet/schema.ts";
import type { Condition } from "#lib/http/schema.ts";

type NodeFacts = Pick<Node, "health" | "conditions" | "cordoned" | "standalone">;

const conditionOf = (node: Pick<Node, "conditions">, type: string): Condition | undefined =>
  node.conditions.find((condition) => condition.type === type);

/** The conditions that decide each health, in the order in which the server looks at them. */
const DECIDING: Partial<Record<Node["health"], readonly string[]>> = {
  unreachable: ["Reachable"],
  degraded: ["EngineHealthy", "BaseModelMatches", "NoDrift"],
  restoring: ["Restored"],
  draining: ["Drained"],
};

/**
 * Since when a node has been as it is: when the deciding condition turned, or, of a healthy node, when the last one
 * became true. null = nothing recorded tells it (a cordon leaves no time on the node, an unknown node was not seen).
 */
export function healthSince(node: NodeFacts): string | null {
  if (node.health === "healthy")
    return node.conditions.reduce<string | null>(
      (latest, { lastTransitionTime: at }) => (latest === null || at > latest ? at : latest),
      null,
    );
  const types = DECIDING[node.health] ?? [];
  const deciding = types.map((type) => conditionOf(node, type)).find((condition) => condition?.status === "false");
  return deciding?.lastTransitionTime ?? null;
}

/** What a condition asks, in words; one that this page does not know keeps its own name. */
const QUESTIONS: Record<string, string> = {
  Reachable: "Reachable",
  EngineHealthy: "Engine healthy",
  BaseModelMatches: "Base model matches the pool",
  EngineSupported: "Release without known issues",
  NoDrift: "No node drift",
  MetricsReadable: "Metrics readable",
  Restored: "Adapters reloaded after a restart",
  Drained: "Drained",
};
const HITS_CUSTOMERS = ["Reachable", "EngineHealthy", "BaseModelMatches"];
/** Not so yet, and nobody has to do anything about it. */
const ON_ITS_WAY = ["Restored", "Drained"];

const roleOfNo = (type: string): StateRole => {
  if (HITS_CUSTOMERS.includes(type)) return "bad";
  return ON_ITS_WAY.includes(type) ? "busy" : "warn";
};

/** One line of the condition list: every condition is a good thing, so that "no" is what needs a look. */
export function conditionLine({ type, status }: Pick<Condition, "type" | "status">): {
  label: string;
  answer: string;
  role: StateRole;
} {
  const label = QUESTIONS[type] ?? type;
  switch (status) {
    case "true":
      return { label, answer: "Yes", role: "ok" };
    case "false":
      return { label, answer: "No", role: roleOfNo(type) };
    case "unknown":
      return { label, answer: "Unknown", role: "unknown" };
  }
}
