import type { ChartMetric } from "#lib/metrics/browser/chart-metrics.ts";
import type { AlertEvidence, AlertSubject } from "../browser/alert-schema.ts";
import type { ObjectiveKind } from "../browser/objective-kinds.ts";
import type { Burn, Objective } from "../browser/objective-schema.ts";
import { isBurning, LEAST_REQUESTS } from "../objectives/judge-burn.ts";
import { duration, KINDS } from "../objectives/objective-words.ts";
import type { RecentRequests } from "../objectives/recent-store.ts";
import { type AlertFacts, tenantsAt, touchedBy } from "./alert-facts.ts";
import { judgeThreshold } from "./judge-threshold.ts";
import type { Observation } from "./step-alert.ts";
import { CLEAR_SHARE } from "./thresholds.ts";

const METRICS: Record<ObjectiveKind, ChartMetric> = {
  latency_p95: "latency",
  ttft_p95: "ttft",
  availability: "errors",
  fallback_share: "fallback-share",
};

/** The rules of one accepted objective. A quick burn is another alert than a slow one, so that it is told when it follows. */
export function observeObjective(objective: Objective, facts: AlertFacts): Observation[] {
  const burning = [observeBurn("burn_fast", objective, facts), observeBurn("burn_slow", objective, facts)];
  return objective.kind === "latency_p95" || objective.kind === "ttft_p95"
    ? [...burning, observeP95(objective, facts)]
    : burning;
}

const SEVERITIES = { burn_fast: "critical", burn_slow: "warning" } as const;

function observeBurn(rule: keyof typeof SEVERITIES, objective: Objective, facts: AlertFacts): Observation {
  const { promise, goal, share, note, kind, target } = objective;
  const burns = objective.burns.filter(({ severity }) => severity === SEVERITIES[rule]);
  const bad = burns.find(({ status }) => status === "bad") ?? null;
  const isUnknown = bad === null && burns.some(({ status }) => status === "unknown");
  const recent = facts.recent.get(objective.id);
  return {
    rule,
    subject: subjectOf(objective),
    status: bad !== null ? "bad" : isUnknown ? "unknown" : burns.some((burn) => isNear(burn, goal)) ? "near" : "good",
    since: null,
    severity: SEVERITIES[rule],
    what: bad === null ? `meets its objective (${promise})` : burnText(promise, bad),
    evidence: {
      ...evidenceOf(objective, facts),
      figure: bad === null ? null : { ...share, value: (bad.long.total - bad.long.good) / bad.long.total },
      threshold: KINDS[kind].target === "ms" ? target : Number((1 - goal).toFixed(6)),
      reason: whyFailed(kind, recent),
      note: isUnknown ? (note ?? `The shorter window has fewer than ${LEAST_REQUESTS} requests.`) : null,
    },
  };
}

/** It burns no longer at its limit, but is not clear of it. */
const isNear = ({ limit, long, short }: Burn, goal: number): boolean =>
  isBurning(long, limit * CLEAR_SHARE.burn, goal) && isBurning(short, limit * CLEAR_SHARE.burn, goal);

const burnText = (promise: string, { long, short }: Burn): string =>
  `is burning its error budget at ${factor(long.rate)}× over ${span(long.seconds)} and ${span(short.seconds)} (objective: ${promise})`;

const factor = (rate: number | null): string => Number((rate ?? 0).toPrecision(2)).toString();
const span = (seconds: number): string => {
  if (seconds >= 86_400) return `${seconds / 86_400} d`;
  return seconds >= 3_600 ? `${seconds / 3_600} h` : `${seconds / 60} min`;
};

function observeP95(objective: Objective, facts: AlertFacts): Observation {
  const { target, kind } = objective;
  const recent = facts.recent.get(objective.id);
  const value = recent?.p95Ms ?? null;
  const isKnown = value !== null && recent !== undefined && recent.answered >= LEAST_REQUESTS;
  const of = kind === "ttft_p95" ? "a first token" : "a reply";
  const status = isKnown ? judgeThreshold(value, target, CLEAR_SHARE.p95_over) : "unknown";
  const p95 = `${duration(Math.round(value ?? 0))} until ${of} at p95 over 5 min (objective ${duration(target)})`;
  return {
    rule: "p95_over",
    subject: subjectOf(objective),
    status,
    since: null,
    severity: "warning",
    // an alert that has ended keeps its last words: they must not read like a complaint
    what: status === "good" ? `meets its objective: ${p95}` : `waits ${p95}`,
    evidence: {
      ...evidenceOf(objective, facts),
      figure: {
        value,
        unit: "ms",
        source: "measured",
        simulated: recent?.simulated ?? false,
        asOf: facts.now.toISOString(),
        coverage: null,
      },
      threshold: target,
      reason: whyFailed(kind, recent),
      note: isKnown ? null : `Too few requests in the last 5 minutes: fewer than ${LEAST_REQUESTS}.`,
    },
  };
}

/** What the requests themselves tell of why they failed; why they were late, only their minutes can. */
const whyFailed = (kind: ObjectiveKind, recent: RecentRequests | undefined): string | null =>
  kind === "availability" && recent?.failure ? `Most frequent error in the last 5 minutes: "${recent.failure}".` : null;

const subjectOf = ({ id, scope }: Objective): AlertSubject => ({
  type: "objective",
  id,
  name: scope.name,
  poolId: scope.type === "pool" ? scope.id : null,
  nodeId: null,
  tenantId: scope.type === "tenant" ? scope.id : null,
  versionId: null,
});

/** What it depends on: a tenant's own places, or the nodes of the pool; and itself, for what is about the same tenant. */
function evidenceOf({ kind, scope: { type, id } }: Objective, facts: AlertFacts): AlertEvidence {
  const nodes = facts.nodes.flatMap((node) => (node.poolId === id ? [node.id] : []));
  return {
    metric: METRICS[kind],
    figure: null,
    threshold: null,
    reason: null,
    note: null,
    adapters: null,
    touches: type === "tenant" ? [id, ...touchedBy(facts, id)] : [id, ...nodes],
    tenantIds: type === "tenant" ? [id] : tenantsAt(facts.serving, { poolId: id }),
  };
}
