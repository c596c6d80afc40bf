import { GATEWAY_CONDITIONS } from "#lib/metrics/conditions/record-condition.ts";
import { type AlertFacts, type KeptCondition, tenantsAt, touchedBy } from "./alert-facts.ts";
import { momentText } from "./alert-sentence.ts";
import { NOTHING, subjectOf } from "./blank-observation.ts";
import { type Judged, judgeThreshold } from "./judge-threshold.ts";
import { observeNode } from "./observe-node.ts";
import { observeObjective } from "./observe-objective.ts";
import { observeReleases } from "./observe-releases.ts";
import type { Observation } from "./step-alert.ts";
import {
  CLEAR_SHARE,
  CONDITION_STALE_MS,
  EVALUATED_LATELY_MS,
  FALLBACK_LEAST,
  FALLBACK_SHARE,
  GATEWAY_SILENT_MS,
} from "./thresholds.ts";

/** Every rule on everything it applies to; a subject that is left out is gone. */
export const observeAlerts = (facts: AlertFacts): Observation[] => [
  ...facts.nodes.flatMap((node) => observeNode(node, facts)),
  ...facts.pools.map((pool) => observePool(pool, facts)),
  ...facts.tenants.map((tenant) => observeTenant(tenant, facts)),
  ...withoutAvailability(facts).map((tenant) => observeFailing(tenant, facts)),
  ...facts.quarantined.map((version) => observeVersion(version, facts)),
  ...facts.objectives.flatMap((objective) => observeObjective(objective, facts)),
  ...facts.keys.map((key) => observeKey(key, facts.now)),
  ...observeReleases(facts),
  observeGateways(facts),
  observeGateway(facts),
];

/** A condition as somebody keeps renewing it; null = nobody does. */
function freshCondition(facts: AlertFacts, subject: string, type: string): KeptCondition | null {
  const found = facts.conditions.find((one) => one.subject === subject && one.type === type);
  return found && facts.now.getTime() - found.observedAt.getTime() <= CONDITION_STALE_MS ? found : null;
}

type Judgement = Pick<Observation, "status" | "since"> & { reason: string | null; note: string | null };

function judge(condition: KeptCondition | null): Judgement {
  if (condition === null || condition.status === "unknown")
    return {
      status: "unknown",
      since: null,
      reason: condition?.message ?? null,
      note: "No gateway has reported recently.",
    };
  if (condition.status !== "true") return { status: "good", since: null, reason: condition.message, note: null };
  return { status: "bad", since: condition.lastTransitionTime, reason: condition.message, note: null };
}

function observePool({ id, name }: AlertFacts["pools"][number], facts: AlertFacts): Observation {
  const { status, since, reason, note } = judge(freshCondition(facts, `pool:${id}`, GATEWAY_CONDITIONS.saturated));
  return {
    rule: "pool_saturated",
    subject: subjectOf("pool", id, name, { poolId: id }),
    status,
    since,
    severity: "critical",
    what: "has no capacity for more requests",
    evidence: {
      ...NOTHING,
      metric: "queue",
      reason,
      note,
      tenantIds: tenantsAt(facts.serving, { poolId: id }),
      touches: facts.nodes.flatMap((node) => (node.poolId === id ? [node.id] : [])),
    },
  };
}

/**
 * No gateway says anything. An installation that never had one is unknown, and nobody is woken for it; nor since when it is
 * so where nobody evaluated meanwhile, such as when everything is started again.
 */
function observeGateways(facts: AlertFacts): Observation {
  const { gatewayHeardAt: heardAt, evaluatedAt, now, serving } = facts;
  const isSilent = heardAt !== null && now.getTime() - heardAt.getTime() > GATEWAY_SILENT_MS;
  const wasEvaluated = evaluatedAt !== null && now.getTime() - evaluatedAt.getTime() <= EVALUATED_LATELY_MS;
  return {
    rule: "gateway_silent",
    subject: subjectOf("gateway", "gateways", "The gateways", {}),
    status: heardAt === null ? "unknown" : isSilent ? "bad" : "good",
    since: isSilent && wasEvaluated ? heardAt : null,
    severity: "critical",
    what: "have stopped reporting",
    evidence: {
      ...NOTHING,
      reason:
        heardAt === null
          ? null
          : `No gateway has reported since ${momentText(heardAt, now)}: none runs, or none reaches the database.`,
      note: heardAt === null ? "No gateway has reported within a day." : null,
      tenantIds: tenantsAt(serving, {}),
    },
  };
}

function observeGateway(facts: AlertFacts): Observation {
  const { status, since, reason, note } = judge(freshCondition(facts, "gateway", GATEWAY_CONDITIONS.snapshotStale));
  const tenantIds = tenantsAt(facts.serving, {});
  return {
    rule: "gateway_stale",
    subject: subjectOf("gateway", "gateway", "The gateway", {}),
    status,
    since,
    severity: "warning",
    what: "routes by outdated data",
    evidence: { ...NOTHING, reason, note, tenantIds },
  };
}

function observeTenant({ id, name }: AlertFacts["tenants"][number], facts: AlertFacts): Observation {
  const judged = judge(freshCondition(facts, `tenant:${id}`, GATEWAY_CONDITIONS.onFallback));
  const traffic = facts.traffic.get(id);
  const share = traffic === undefined || traffic.answered === 0 ? null : traffic.fellBack / traffic.answered;
  // without a request in five minutes only the gateway can tell, and without its word nobody
  const status =
    share !== null ? judgeShare(share, traffic?.fellBack ?? 0) : judged.status === "bad" ? "unknown" : judged.status;
  const percent = Math.round((share ?? 0) * 100);
  return {
    rule: "fallback_share",
    subject: subjectOf("tenant", id, name, { tenantId: id }),
    status,
    since: null,
    severity: share !== null && share >= 0.5 ? "critical" : "warning",
    what: `gets ${percent} % of its answers from a fallback`,
    evidence: {
      ...NOTHING,
      metric: "fallback-share",
      figure: {
        value: share,
        unit: "ratio",
        source: "measured",
        simulated: traffic?.simulated ?? false,
        asOf: facts.now.toISOString(),
        coverage: null,
      },
      threshold: FALLBACK_SHARE,
      reason: traffic?.reason ?? judged.reason,
      note: status === "unknown" ? "It sent no request in the last five minutes." : null,
      touches: touchedBy(facts, id),
      tenantIds: [id],
    },
  };
}

/** A share counts from a least number of answers on: fewer are an accident, but no proof that it is over. */
function judgeShare(share: number, fellBack: number): Judged {
  if (share < FALLBACK_SHARE) return judgeThreshold(share, FALLBACK_SHARE, CLEAR_SHARE.fallback_share);
  return fellBack >= FALLBACK_LEAST ? "bad" : "near";
}

/** Errors count from this share of a tenant's requests on, and from so many. */
const FAILED_SHARE = 0.1;
const FAILED_LEAST = 5;
const FAILED_CLEAR = 0.5;

/** Tenants whose availability no objective promises: its own alerts would tell of the same errors. */
function withoutAvailability({ tenants, objectives }: AlertFacts): AlertFacts["tenants"][number][] {
  const promised = new Set(objectives.flatMap(({ scope, kind }) => (kind === "availability" ? scope.id : [])));
  return tenants.filter(({ id }) => !promised.has(id));
}

function observeFailing({ id, name }: AlertFacts["tenants"][number], facts: AlertFacts): Observation {
  const traffic = facts.traffic.get(id);
  const failed = traffic?.failed ?? 0;
  const share = traffic === undefined ? null : failed / (traffic.answered + failed);
  const isFew = share !== null && share >= FAILED_SHARE && failed < FAILED_LEAST;
  return {
    rule: "requests_failing",
    subject: subjectOf("tenant", id, name, { tenantId: id }),
    status: share === null ? "unknown" : isFew ? "near" : judgeThreshold(share, FAILED_SHARE, FAILED_CLEAR),
    since: null,
    severity: (share ?? 0) >= 0.5 ? "critical" : "warning",
    what: `gets an error for ${Math.round((share ?? 0) * 100)} % of its requests`,
    evidence: {
      ...NOTHING,
      metric: "errors",
      figure: {
        ...{ value: share, unit: "ratio", source: "measured", simulated: traffic?.simulated ?? false },
        ...{ asOf: facts.now.toISOString(), coverage: null },
      },
      threshold: FAILED_SHARE,
      reason: traffic?.failure ? `Most frequent error in the last 5 minutes: "${traffic.failure}".` : null,
      note: share === null ? "It sent no request in the last five minutes." : null,
      touches: touchedBy(facts, id),
      tenantIds: [id],
    },
  };
}

function observeVersion(version: AlertFacts["quarantined"][number], facts: AlertFacts): Observation {
  const { id, number, adapterName, tenantId, tenantName, isLive, since, reason } = version;
  const places = facts.serving.filter(({ versionId }) => versionId === id);
  return {
    rule: "version_quarantined",
    subject: subjectOf("version", id, `${adapterName} v${number} of ${tenantName}`, { tenantId, versionId: id }),
    status: "bad",
    since,
    severity: isLive ? "critical" : "warning",
    what: isLive ? "is live and was quarantined" : "was quarantined",
    evidence: { ...NOTHING, reason, touches: places.flatMap(({ nodeId }) => nodeId ?? []), tenantIds: [tenantId] },
  };
}

const DAY_MS = 86_400_000;

function observeKey({ id, name, tenantId, tenantName, expiresAt }: AlertFacts["keys"][number], now: Date): Observation {
  const day = expiresAt.toISOString().slice(0, 10);
  const leftMs = expiresAt.getTime() - now.getTime();
  return {
    rule: "key_expiring",
    subject: subjectOf("key", id, `The key "${name}"${tenantName === null ? "" : ` of ${tenantName}`}`, { tenantId }),
    status: "bad",
    since: null,
    severity: leftMs < DAY_MS ? "critical" : "warning",
    what: leftMs <= 0 ? `expired on ${day}` : `expires on ${day}`,
    evidence: { ...NOTHING, tenantIds: tenantId === null ? [] : [tenantId] },
  };
}
