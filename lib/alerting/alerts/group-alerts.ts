import type { AlertSeverity } from "../browser/alert-kinds.ts";
import { ALERT_RULES, type AlertRule } from "../browser/rule-table.ts";

export type Groupable = {
  id: string;
  dedupeKey: string;
  /** The key of the alert about its confirmed cause; null = none is confirmed. */
  causeKey: string | null;
  rule: AlertRule;
  severity: AlertSeverity;
  subjectId: string;
  poolId: string | null;
  nodeId: string | null;
  /** Nodes and pools that it depends on. */
  touches: readonly string[];
  startedAt: Date;
};

/** What customers feel, whatever it comes from. */
const PROMISES: ReadonlySet<AlertRule> = new Set<AlertRule>(["burn_fast", "burn_slow", "p95_over"]);

/** Evaluations are seconds apart, so what came from a cause may have been seen a little before it. */
const SEEN_BEFORE_MS = 120_000;

/**
 * Which alert each came from; alerts of one cause are told as one. null = it stands for itself. A cause always stands for
 * itself, so groups are one level deep.
 */
export function groupAlerts(alerts: readonly Groupable[]): Map<string, string | null> {
  const causes = new Map<string, string | null>();
  const rank = ({ rule }: Groupable) => ALERT_RULES.indexOf(rule);
  const ordered = [...alerts].sort((a, b) => rank(a) - rank(b) || (a.id < b.id ? -1 : 1));
  for (const alert of ordered) {
    const cause = ordered.find((other) => rank(other) < rank(alert) && isCauseOf(other, alert));
    causes.set(alert.id, cause === undefined ? null : (causes.get(cause.id) ?? cause.id));
  }
  return causes;
}

function isCauseOf(cause: Groupable, alert: Groupable): boolean {
  if (alert.startedAt.getTime() < cause.startedAt.getTime() - SEEN_BEFORE_MS) return false;
  if (PROMISES.has(alert.rule)) return isBehind(cause, alert);
  return CAUSE_OF[cause.rule]?.(cause, alert) ?? false;
}

const fallsBack = (cause: Groupable, alert: Groupable): boolean =>
  alert.rule === "fallback_share" && alert.touches.includes(cause.subjectId);
/** Rules that other alerts may come from; no other rule causes any. */
const CAUSE_OF: Partial<Record<AlertRule, (cause: Groupable, alert: Groupable) => boolean>> = {
  node_down: (cause, alert) => alert.nodeId === cause.subjectId || alert.touches.includes(cause.subjectId),
  pool_saturated: fallsBack,
  version_quarantined: fallsBack,
  evictions: (cause, alert) => alert.rule === "swap_source" && alert.nodeId === cause.subjectId,
  gateway_silent: (_, alert) => alert.rule === "gateway_stale",
};

/** What customers feel is told with its confirmed cause only; what is critical is never told with a mere warning. */
function isBehind(cause: Groupable, alert: Groupable): boolean {
  if (alert.severity === "critical" && cause.severity !== "critical") return false;
  const isSlowerBurn = cause.rule === "burn_fast" && alert.subjectId === cause.subjectId;
  return isSlowerBurn || alert.causeKey === cause.dedupeKey;
}
