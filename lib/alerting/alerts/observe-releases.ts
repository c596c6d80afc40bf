import { BATCH_STOPPED, GATE_EXPIRED, GATE_STUCK, GUARD_BREACHED } from "#lib/metrics/conditions/record-condition.ts";
import type { AlertFacts, KeptCondition } from "./alert-facts.ts";
import { NOTHING, subjectOf } from "./blank-observation.ts";
import type { Observation } from "./step-alert.ts";
import { CONDITION_STALE_MS } from "./thresholds.ts";

/** The rules of gates and cutovers, which their own rooms watch and tell as conditions. */
export const observeReleases = (facts: AlertFacts): Observation[] => [
  ...observeRuns(facts),
  ...observeGuards(facts),
  ...observeBatches(facts),
  ...facts.pools.flatMap((pool) => observePasses(pool, facts)),
];

const RUN = "run:";

/** Runs that somebody watches. One that was stuck when it was last seen stays so until somebody sees otherwise. */
const observeRuns = ({ conditions, tenants, now }: AlertFacts): Observation[] =>
  conditions.flatMap(({ subject, type, tenantId, status, message, lastTransitionTime, observedAt }) => {
    if (type !== GATE_STUCK || !subject.startsWith(RUN)) return [];
    const isFresh = now.getTime() - observedAt.getTime() <= CONDITION_STALE_MS;
    const tenant = tenants.find(({ id }) => id === tenantId);
    const name = tenant === undefined ? "A gate" : `A gate of ${tenant.name}`;
    return [
      {
        rule: "gate_stuck",
        subject: subjectOf("run", subject.slice(RUN.length), name, { tenantId }),
        status: status !== "true" ? "good" : isFresh ? "bad" : "unknown",
        since: status === "true" ? lastTransitionTime : null,
        severity: "warning",
        what: "is stuck",
        evidence: {
          ...NOTHING,
          reason: message,
          note: isFresh ? null : "Evaluation runs have not been checked recently.",
          tenantIds: tenantId === null ? [] : [tenantId],
        },
      },
    ];
  });

const VERSION = "version:";

/** Versions that a guard has taken back; told for as long as the cutover room renews it. */
const observeGuards = ({ conditions, tenants }: AlertFacts): Observation[] =>
  conditions.flatMap(({ subject, type, tenantId, status, message, lastTransitionTime }) => {
    if (type !== GUARD_BREACHED || !subject.startsWith(VERSION)) return [];
    const versionId = subject.slice(VERSION.length);
    const tenant = tenants.find(({ id }) => id === tenantId);
    const name = tenant === undefined ? "A new version" : `A new version of ${tenant.name}`;
    return [
      {
        rule: "guard_breached",
        subject: subjectOf("version", versionId, name, { tenantId, versionId }),
        status: status === "true" ? "bad" : "good",
        since: status === "true" ? lastTransitionTime : null,
        severity: "warning",
        what: "was rolled back by its guard",
        evidence: { ...NOTHING, reason: message, tenantIds: tenantId === null ? [] : [tenantId] },
      },
    ];
  });

const BATCH = "batch:";

/** Batches that stopped by themselves. One that was stopped when it was last seen stays so until somebody sees otherwise. */
const observeBatches = ({ conditions, now }: AlertFacts): Observation[] =>
  conditions.flatMap(({ subject, type, status, message, lastTransitionTime, observedAt }) => {
    if (type !== BATCH_STOPPED || !subject.startsWith(BATCH)) return [];
    const isFresh = now.getTime() - observedAt.getTime() <= CONDITION_STALE_MS;
    return [
      {
        rule: "batch_stopped",
        subject: subjectOf("batch", subject.slice(BATCH.length), "A batch of cutovers", {}),
        status: status !== "true" ? "good" : isFresh ? "bad" : "unknown",
        since: status === "true" ? lastTransitionTime : null,
        severity: "warning",
        what: "stopped and needs a decision",
        evidence: {
          ...NOTHING,
          reason: message,
          note: isFresh ? null : "Batches have not been checked recently.",
        },
      },
    ];
  });

/** Live versions of a pool whose pass no longer stands, as one alert: a change of its settings expires all of them at once. */
function observePasses({ id: poolId, name }: AlertFacts["pools"][number], facts: AlertFacts): Observation[] {
  const live = new Set(facts.serving.filter((place) => place.poolId === poolId).map(({ versionId }) => versionId));
  const passes = facts.conditions.filter(
    ({ type, subject }) =>
      type === GATE_EXPIRED && subject.startsWith(VERSION) && live.has(subject.slice(VERSION.length)),
  );
  if (passes.length === 0) return [];
  const expired = passes.filter(({ status }) => status === "true");
  const [first] = expired;
  const isFresh = passes.some(({ observedAt }) => facts.now.getTime() - observedAt.getTime() <= CONDITION_STALE_MS);
  return [
    {
      rule: "gate_expired",
      subject: subjectOf("pool", poolId, name, { poolId }),
      status: first === undefined ? "good" : isFresh ? "bad" : "unknown",
      since: earliest(expired),
      severity: "warning",
      what: `serves ${expired.length} of ${live.size} live versions whose pass has expired`,
      evidence: {
        ...NOTHING,
        reason: first?.message ?? null,
        note: isFresh ? null : "Gates have not been checked recently.",
        touches: [poolId],
        tenantIds: [...new Set(expired.flatMap(({ tenantId }) => tenantId ?? []))].sort(),
      },
    },
  ];
}

const earliest = (conditions: readonly KeptCondition[]): Date | null =>
  conditions.reduce<Date | null>(
    (first, { lastTransitionTime: at }) => (at !== null && (first === null || at < first) ? at : first),
    null,
  );
