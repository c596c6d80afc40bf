import { conditionOf, NODE_CONDITIONS } from "#lib/fleet/conditions.ts";
import type { AlertRule, AlertSeverity } from "../browser/alert-kinds.ts";
import type { AlertEvidence } from "../browser/alert-schema.ts";
import type { ChartMetric } from "../schema.ts";
import { type AlertFacts, type NodeFacts, tenantsAt } from "./alert-facts.ts";
import { SCRAPE_STALE_MS } from "./alert-rules.ts";
import type { Observation } from "./step-alert.ts";

type Seen = {
  status: Observation["status"];
  since?: Date | null;
  severity?: AlertSeverity;
  what: string;
  metric?: ChartMetric | null;
  value?: number | null;
  unit?: string;
  threshold?: number | null;
  reason?: string | null;
  note?: string | null;
};

/** The rules of one node. */
export function observeNode(node: NodeFacts, facts: AlertFacts): Observation[] {
  const tenantIds = tenantsAt(facts.serving, { nodeId: node.id });
  const lastLook = facts.looks.get(node.id) ?? null;
  const isSeen = lastLook !== null && facts.now.getTime() - lastLook.getTime() <= SCRAPE_STALE_MS;
  const asked = facts.adaptersAsked.get(node.id);
  const tell = (rule: AlertRule, seen: Seen): Observation => {
    const { value, metric = null, threshold = null, reason = null, note = null } = seen;
    const evidence: AlertEvidence = {
      metric,
      figure:
        value === undefined
          ? null
          : {
              value,
              unit: seen.unit ?? "count",
              source: "measured",
              simulated: node.simulated,
              asOf: lastLook?.toISOString() ?? null,
              coverage: null,
            },
      threshold,
      reason,
      note,
      adapters: asked === undefined ? null : { asked, slots: node.slots },
      touches: [node.id, node.poolId],
      tenantIds,
    };
    const { id, name, poolId } = node;
    const subject = { type: "node" as const, id, name, poolId, nodeId: id, tenantId: null, versionId: null };
    const { status, since = null, severity = "warning", what } = seen;
    return { rule, subject, status, since, severity, what, evidence };
  };
  return [
    tell("node_down", down(node)),
    tell("node_drift", drift(node)),
    tell("scrape_stale", stale(lastLook, facts)),
    // a node for baselines loads one adapter after the other by design
    ...(node.standalone
      ? []
      : [tell("evictions", evictions(node, isSeen, facts)), tell("swap_source", swaps(node, isSeen, facts))]),
  ];
}

/** A planned stop, such as a rollout's, is no reason to wake anybody at once. */
function down({ conditions, cordoned, standalone }: NodeFacts): Seen {
  const found = conditionOf(conditions, NODE_CONDITIONS.reachable);
  const status = found?.status === "false" ? "bad" : found?.status === "true" ? "good" : "unknown";
  return {
    status,
    since: found === null ? null : new Date(found.lastTransitionTime),
    severity: cordoned || standalone ? "warning" : "critical",
    what: "does not answer",
    metric: "requests",
    reason: found?.message ?? null,
    note: status === "unknown" ? "Nobody has looked at it." : null,
  };
}

function drift({ conditions }: NodeFacts): Seen {
  const reachable = conditionOf(conditions, NODE_CONDITIONS.reachable);
  const found = conditionOf(conditions, NODE_CONDITIONS.noDrift);
  const isSeen = reachable?.status === "true" && found !== null && found.status !== "unknown";
  return {
    status: !isSeen ? "unknown" : found.status === "false" ? "bad" : "good",
    since: found === null ? null : new Date(found.lastTransitionTime),
    what: "holds what nobody asked for",
    reason: found?.message ?? null,
    note: isSeen ? null : "The node could not be looked at.",
  };
}

function stale(lastLook: Date | null, { now }: AlertFacts): Seen {
  const isStale = lastLook !== null && now.getTime() - lastLook.getTime() > SCRAPE_STALE_MS;
  return {
    status: lastLook === null ? "unknown" : isStale ? "bad" : "good",
    since: lastLook,
    what: "has given no metrics",
    note: lastLook === null ? "Its metrics were not read within the last quarter of an hour." : null,
  };
}

const UNSEEN = "Its metrics cannot be read, so nobody can tell whether it goes on.";
const NO_COUNTER = "The node exports no such counter; the Switchyard plugin for vLLM does.";

function evictions({ id }: NodeFacts, isSeen: boolean, { counts, settings }: AlertFacts): Seen {
  const threshold = settings.evictionAlertThreshold;
  const value = counts.get(id)?.evictions ?? null;
  return {
    status: !isSeen || value === null ? "unknown" : value > threshold ? "bad" : "good",
    what: `dropped ${value ?? 0} adapters from its GPU slots in 5 min (alert above ${threshold})`,
    metric: "evictions",
    value,
    unit: "evictions",
    threshold,
    note: !isSeen ? UNSEEN : value === null ? NO_COUNTER : null,
  };
}

/** A setting of cpu means that tier or a slower one. */
function swaps({ id }: NodeFacts, isSeen: boolean, { counts, settings }: AlertFacts): Seen {
  const { swapSourceAlert } = settings;
  const { disk = null, cpu = null } = counts.get(id) ?? {};
  const value = swapSourceAlert === "cpu" ? (disk === null && cpu === null ? null : (disk ?? 0) + (cpu ?? 0)) : disk;
  const from = swapSourceAlert === "cpu" ? "CPU cache or disk" : "disk";
  const isKnown = isSeen && value !== null;
  return {
    status: swapSourceAlert === null ? "good" : !isKnown ? "unknown" : value > 0 ? "bad" : "good",
    what: `took weights from ${from} ${value ?? 0} ${value === 1 ? "time" : "times"} in 5 min`,
    metric: "swap-source",
    value,
    unit: "swaps",
    threshold: 0,
    note: !isSeen ? UNSEEN : value === null ? NO_COUNTER : null,
  };
}
