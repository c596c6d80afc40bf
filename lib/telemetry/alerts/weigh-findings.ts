import type { AlertRule } from "../browser/alert-kinds.ts";
import type { AlertEvidence, AlertFinding } from "../browser/alert-schema.ts";
import type { Pitfall, PitfallFinding } from "../browser/finding-schema.ts";
import type { ChartMetric } from "../schema.ts";
import { momentText } from "./alert-sentence.ts";

/** What makes replies late: adapters that push each other out, weights from afar, and batches of many adapters. */
const SLOWING: readonly Pitfall[] = ["eviction_thrash", "cpu_starvation", "batch_composition"];
/** What makes requests fail: the same, where they no longer fit, and whatever leaves nothing to answer instead. */
const FAILING: readonly Pitfall[] = ["mismatch", "missing_fallback", ...SLOWING];
/** What keeps a version from answering itself. */
const REPLACING: readonly Pitfall[] = ["mismatch", ...SLOWING];

/** The pitfall that a rule counts itself: finding it there is the explanation. */
const OWN_PITFALL: Partial<Record<AlertRule, Pitfall>> = {
  evictions: "eviction_thrash",
  swap_source: "cpu_starvation",
};

const OF_METRIC: Partial<Record<ChartMetric, readonly Pitfall[]>> = {
  latency: SLOWING,
  ttft: SLOWING,
  errors: FAILING,
  "fallback-share": REPLACING,
};

/** Whose findings may explain an alert. */
export function pitfallsOf(rule: AlertRule, { metric }: Pick<AlertEvidence, "metric">): readonly Pitfall[] {
  const own = OWN_PITFALL[rule];
  if (own !== undefined) return [own];
  switch (rule) {
    case "pool_saturated":
      return [...SLOWING, "missing_fallback"];
    case "fallback_share":
      return REPLACING;
    case "burn_fast":
    case "burn_slow":
    case "p95_over":
      return metric === null ? [] : (OF_METRIC[metric] ?? []);
    default:
      return [];
  }
}

/** Requests that a node answered within the alert's window, and the slow ones among them. */
export type NodeShare = { nodeId: string; slow: number; of: number };

export type WeighFacts = {
  rule: AlertRule;
  startedAt: Date;
  now: Date;
  /** Nodes, pools and others that serve its subject. */
  touches: readonly string[];
  findings: readonly PitfallFinding[];
  /** Of an alert about slow requests; null = slow requests are not what it is about. */
  nodes: readonly NodeShare[] | null;
};

const WEIGHTS = ["proven", "likely", "possible"] as const satisfies readonly AlertFinding["weight"][];
const SEVERITIES = ["critical", "warning", "notice"] as const satisfies readonly PitfallFinding["severity"][];
const MOST = 3;

/**
 * What detectors saw where the subject is served, what explains most first. proven = the rule counts that very thing;
 * likely = it stood on a serving node before the alert began, and the node has its share in what is slow; possible = all else.
 */
export function weighFindings(facts: WeighFacts): AlertFinding[] {
  const weighed = facts.findings.map((finding) => ({ ...finding, ...weigh(finding, facts) }));
  const rank = ({ weight, severity }: AlertFinding) => WEIGHTS.indexOf(weight) * 10 + SEVERITIES.indexOf(severity);
  return weighed.sort((a, b) => rank(a) - rank(b) || a.firstSeenAt.localeCompare(b.firstSeenAt)).slice(0, MOST);
}

function weigh(finding: PitfallFinding, facts: WeighFacts): Pick<AlertFinding, "weight" | "why"> {
  const { rule, startedAt, now, touches, nodes } = facts;
  if (OWN_PITFALL[rule] === finding.pitfall)
    return { weight: "proven", why: "What the alert counts is what was found here." };
  const { nodeId } = finding;
  const since = new Date(finding.firstSeenAt);
  if (nodeId === null || !touches.includes(nodeId))
    return { weight: "possible", why: `Seen of the whole pool since ${momentText(since, now)}, not of one node.` };
  const place = `Seen on ${finding.subject.name}, which serves it,`;
  if (since > startedAt)
    return { weight: "possible", why: `${place} but only since ${momentText(since, now)}, after the alert began.` };
  const before = `${place} since ${momentText(since, now)}, before the alert began.`;
  const slow = nodes?.reduce((sum, node) => sum + node.slow, 0) ?? 0;
  if (nodes === null || slow === 0) return { weight: "likely", why: before };
  const there = nodes.find((node) => node.nodeId === nodeId)?.slow ?? 0;
  const share = `It answered ${there} of the ${slow} slow requests.`;
  // a node with less than its part of them has not slowed them
  return { weight: there > 0 && there * nodes.length >= slow ? "likely" : "possible", why: `${before} ${share}` };
}
