import { conditionOf, NODE_CONDITIONS } from "#lib/fleet/conditions.ts";
import type { ChartMetric } from "#lib/metrics/browser/chart-metrics.ts";
import { COUNTED_MS } from "#lib/metrics/counted-window.ts";
import type { AlertSeverity } from "../browser/alert-kinds.ts";
import type { AlertEvidence } from "../browser/alert-schema.ts";
import type { AlertRule } from "../browser/rule-table.ts";
import { type AlertFacts, type NodeFacts, tenantsAt } from "./alert-facts.ts";
import { judgeThreshold } from "./judge-threshold.ts";
import {
  addCounts,
  type KnownCount,
  type SummedCount,
  sourceNote,
  sourceWord,
  sumMinutes,
  withoutLoads,
} from "./node-counts.ts";
import type { Observation } from "./step-alert.ts";
import { CLEAR_SHARE, SCRAPE_STALE_MS } from "./thresholds.ts";

type Seen = {
  status: Observation["status"];
  since?: Date | null;
  severity?: AlertSeverity;
  what: string;
  metric?: ChartMetric | null;
  value?: number | null;
  /** Measured when left out. */
  source?: KnownCount["source"] | undefined;
  unit?: string;
  /** The last scrape of the node when left out. */
  asOf?: Date;
  threshold?: number | null;
  reason?: string | null;
  note?: string | null;
};

/** The rules of one node. */
export function observeNode(node: NodeFacts, facts: AlertFacts): Observation[] {
  const tenantIds = tenantsAt(facts.serving, { nodeId: node.id });
  const lastScrape = facts.scrapes.get(node.id) ?? null;
  const asked = facts.adaptersAsked.get(node.id);
  const judge = (rule: AlertRule, seen: Seen): Observation => {
    const { value, metric = null, threshold = null, reason = null, note = null } = seen;
    const evidence: AlertEvidence = {
      metric,
      figure:
        value === undefined
          ? null
          : {
              value,
              unit: seen.unit ?? "count",
              source: seen.source ?? "measured",
              simulated: node.simulated,
              asOf: (seen.asOf ?? lastScrape)?.toISOString() ?? null,
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
    judge("node_down", down(node)),
    judge("node_drift", drift(node)),
    judge("scrape_stale", stale(lastScrape, facts)),
    // a node for baselines loads one adapter after the other by design
    ...(node.standalone ? [] : [judge("evictions", evictions(node, facts)), judge("swap_source", swaps(node, facts))]),
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
    what: "does not respond",
    metric: "requests",
    reason: found?.message ?? null,
    note: status === "unknown" ? "It has not been polled yet." : null,
  };
}

function drift({ conditions }: NodeFacts): Seen {
  const reachable = conditionOf(conditions, NODE_CONDITIONS.reachable);
  const found = conditionOf(conditions, NODE_CONDITIONS.noDrift);
  const isSeen = reachable?.status === "true" && found !== null && found.status !== "unknown";
  return {
    status: !isSeen ? "unknown" : found.status === "false" ? "bad" : "good",
    since: found === null ? null : new Date(found.lastTransitionTime),
    what: "holds adapters that Switchyard did not load",
    reason: found?.message ?? null,
    note: isSeen ? null : "The node could not be polled.",
  };
}

function stale(lastScrape: Date | null, { now }: AlertFacts): Seen {
  const isStale = lastScrape !== null && now.getTime() - lastScrape.getTime() > SCRAPE_STALE_MS;
  return {
    status: lastScrape === null ? "unknown" : isStale ? "bad" : "good",
    since: lastScrape,
    what: "returns no metrics",
    note: lastScrape === null ? "No metrics were scraped in the last 15 minutes." : null,
  };
}

const NO_COUNTER =
  "The node exports no such counter, and its requests were not followed; the Switchyard plugin for vLLM counts.";
const NOT_WHOLE = "Some minutes of the window have no data, so it is unknown whether it has ended.";

/** What is left of a count's note beside the figure. */
function noteOn(count: SummedCount | null): string | null {
  if (count === null) return NO_COUNTER;
  const notes = [sourceNote(count), isWhole(count) ? null : NOT_WHOLE].filter((one) => one !== null);
  return notes.length === 0 ? null : notes.join(" ");
}

const isWhole = ({ minutes }: SummedCount): boolean => minutes >= COUNTED_MS / 60_000;

/**
 * What nobody saw can only add to a count: one that is inferred, or of a part of the window, may prove too many, never few
 * enough.
 */
function judgeCount(count: SummedCount | null, limit: number, clearShare: number): Observation["status"] {
  if (count === null) return "unknown";
  const judged = judgeThreshold(count.value, limit, clearShare);
  return judged === "bad" || (isWhole(count) && count.uncertainty === null) ? judged : "unknown";
}

function evictions({ id }: NodeFacts, { minutes, countedTo, settings }: AlertFacts): Seen {
  const threshold = settings.evictionAlertThreshold;
  const count = sumMinutes(minutes.get(id) ?? [], "evictions");
  const status = judgeCount(count, threshold, CLEAR_SHARE.evictions);
  // between the two limits an open alert stays, which its sentence has to explain
  const limits = `threshold ${threshold}${status === "near" ? `, ends at ${Math.floor(threshold * CLEAR_SHARE.evictions)}` : ""}`;
  return {
    status,
    what: `evicted ${count?.value ?? 0} adapters from GPU slots in 5 min (${sourceWord(count)}${limits})`,
    metric: "evictions",
    value: count?.value ?? null,
    source: count?.source,
    unit: "evictions",
    asOf: countedTo,
    threshold,
    note: noteOn(count),
  };
}

/**
 * A load that was asked for, such as after a restart, reads from disk by design: it is no swap that anybody need hear of.
 * A setting of cpu means that tier or a slower one. An inferred figure proves nothing: what looks like a read from disk may
 * have lain there before anybody watched.
 */
function swaps({ id }: NodeFacts, { minutes, countedTo, loads, settings }: AlertFacts): Seen {
  const { swapSourceAlert } = settings;
  const known = minutes.get(id) ?? [];
  const asked = loads.get(id) ?? 0;
  const disk = withoutLoads(sumMinutes(known, "disk"), asked);
  const cpu = swapSourceAlert === "cpu" ? sumMinutes(known, "cpu") : null;
  const count = disk === null || cpu === null ? (disk ?? cpu) : { ...disk, ...addCounts(disk, cpu) };
  const from = swapSourceAlert === "cpu" ? "CPU cache or disk" : "disk";
  const value = count?.value ?? 0;
  const word = count?.source === "derived" ? " (derived)" : "";
  const isInferred = count !== null && count.uncertainty !== null;
  return {
    status: swapSourceAlert === null ? "good" : isInferred ? "unknown" : judgeCount(count, 0, 1),
    what: `loaded weights from ${from} ${value} ${value === 1 ? "time" : "times"} in 5 min${word}`,
    metric: "swap-source",
    value: count?.value ?? null,
    source: count?.source,
    unit: "swaps",
    asOf: countedTo,
    threshold: 0,
    note: [noteOn(count), asked > 0 ? loadsNote(asked) : null].filter((one) => one !== null).join(" ") || null,
  };
}

const loadsNote = (loads: number): string =>
  `${loads} ${loads === 1 ? "load" : "loads"} that Switchyard requested in this window ${loads === 1 ? "is" : "are"} not counted.`;
