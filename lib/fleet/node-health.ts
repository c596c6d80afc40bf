import type { Condition } from "#lib/http/schema.ts";
import { conditionOf, NODE_CONDITIONS } from "./conditions.ts";
import type { NodeHealth } from "./schema.ts";

/** Ten polls missed: whoever should poll is away, so nothing is known any more. */
export const STALE_AFTER_MS = 30_000;

export type HealthFacts = {
  cordoned: boolean;
  /** While it drains. */
  drainDeadline: Date | null;
  /** No other node of its pool takes customers' requests. */
  isLastServing?: boolean;
  conditions: readonly Condition[];
  /** Last successful poll. */
  lastSeenAt: Date | null;
  placements: { desired: number; routable: number; failed: number };
};

/** The one answer to "how is this node?", with the sentence that says why. The worst truth wins. */
export function decideNodeHealth(facts: HealthFacts, now: Date): { health: NodeHealth; reason: string } {
  const of = (type: string) => conditionOf(facts.conditions, type);
  const reachable = of(NODE_CONDITIONS.reachable);
  if (reachable?.status === "false") return { health: "unreachable", reason: reachable.message };
  if (facts.lastSeenAt === null || reachable === null)
    return { health: "unknown", reason: "Not polled yet. The worker polls each node every 3 seconds." };
  const ageMs = now.getTime() - facts.lastSeenAt.getTime();
  if (ageMs > STALE_AFTER_MS) return { health: "unknown", reason: "Not polled recently. The worker may be down." };
  if (facts.cordoned) return outOfService(facts);
  for (const type of [NODE_CONDITIONS.engineHealthy, NODE_CONDITIONS.baseModelMatches]) {
    const condition = of(type);
    if (condition?.status === "false") return { health: "degraded", reason: condition.message };
  }
  const restored = of(NODE_CONDITIONS.restored);
  if (restored?.status === "false") {
    const { desired, routable } = facts.placements;
    return { health: "restoring", reason: `Restarted; ${routable} of ${desired} adapters are back.` };
  }
  const drift = of(NODE_CONDITIONS.noDrift);
  if (drift?.status === "false") return { health: "degraded", reason: drift.message };
  return { health: "healthy", reason: `Healthy at the last poll, ${adaptersOf(facts.placements)}.` };
}

function outOfService(facts: HealthFacts): { health: NodeHealth; reason: string } {
  const drained = conditionOf(facts.conditions, NODE_CONDITIONS.drained);
  const alone = facts.isLastServing
    ? " No other node of its pool takes requests: customers get their fallback until one does."
    : "";
  if (facts.drainDeadline !== null) {
    const detail = drained?.reason === "draining" ? drained.message : "The worker looks at what still runs on it.";
    return { health: "draining", reason: `No new requests. ${detail}${alone}` };
  }
  const cordoned = "Cordoned: it keeps its adapters but gets no customers' requests.";
  return { health: "cordoned", reason: `${cordoned}${drained ? ` ${drained.message}` : ""}${alone}` };
}

/** An adapter that fails is its own fault as a rule, so it does not make the node ill; but it is never passed over. */
const adaptersOf = ({ desired, routable, failed }: HealthFacts["placements"]): string => {
  if (failed > 0) return `${failed} of ${desired} adapters failed to load`;
  return routable < desired ? `${routable} of ${desired} adapters loaded so far` : "adapters as desired";
};
