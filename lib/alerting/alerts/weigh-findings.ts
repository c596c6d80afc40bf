import type { ChartMetric } from "#lib/metrics/browser/chart-metrics.ts";
import type { AlertEvidence, AlertFinding } from "../browser/alert-schema.ts";
import type { Pitfall, PitfallFinding } from "../browser/finding-schema.ts";
import type { AlertRule } from "../browser/rule-table.ts";
import { momentText } from "./alert-sentence.ts";
import type { Diagnosis } from "./cause/diagnose.ts";

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

export type WeighFacts = {
  now: Date;
  findings: readonly PitfallFinding[];
  diagnosis: Pick<Diagnosis, "state" | "pitfall" | "nodeId"> | null;
};

const SEVERITIES = ["critical", "warning", "notice"] as const satisfies readonly PitfallFinding["severity"][];
const MOST = 3;

/** What detectors saw where the subject is served: first what is about the confirmed cause, then what may matter as well. */
export function weighFindings({ now, findings, diagnosis }: WeighFacts): AlertFinding[] {
  const weighed = findings.map((finding): AlertFinding => {
    const isCause =
      diagnosis?.state === "confirmed" && diagnosis.pitfall === finding.pitfall && diagnosis.nodeId === finding.nodeId;
    return { ...finding, weight: isCause ? "confirmed" : "possible", why: whereAndWhen(finding, now) };
  });
  const rank = ({ weight, severity }: AlertFinding) => (weight === "confirmed" ? 0 : 10) + SEVERITIES.indexOf(severity);
  return weighed
    .sort((a, b) => rank(a) - rank(b) || a.firstSeenAt.localeCompare(b.firstSeenAt) || a.id.localeCompare(b.id))
    .slice(0, MOST);
}

const whereAndWhen = ({ nodeId, subject, firstSeenAt }: PitfallFinding, now: Date): string => {
  const since = momentText(new Date(firstSeenAt), now);
  return nodeId === null ? `Seen of the whole pool since ${since}.` : `Seen on ${subject.name} since ${since}.`;
};
