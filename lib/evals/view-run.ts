import { nameFor } from "#lib/identity/name-for.ts";
import type { Run } from "./schema.ts";
import type { RunRecord } from "./store.ts";
import { formatBlindSpot, summarise } from "./verdict/summarise.ts";

/**
 * A run as the API shows it. Customers are told neither about nodes (`message`) nor about how they are set up, nor who of
 * their provider's people asked for it or paused it: their own cannot.
 */
export function toRun(run: RunRecord, isStaff: boolean): Run {
  return {
    id: run.id,
    tenantId: run.tenantId,
    tenantSlug: run.tenantSlug,
    tenantName: run.tenantName,
    suiteId: run.suiteId,
    suiteName: run.suite.name,
    suiteRevision: run.suite.revision,
    caseCount: run.suite.caseCount,
    adapterId: run.adapterId,
    adapterSlug: run.adapterSlug,
    candidateVersionId: run.candidateVersionId,
    candidateNumber: run.candidateNumber,
    baselineVersionId: run.baselineVersionId,
    baselineNumber: run.baselineNumber,
    baselineKind: run.baselineKind,
    baselineOrigin: run.baselineOrigin,
    gates: run.gates,
    state: run.state,
    message: isStaff ? run.message : null,
    pausedAt: run.pausedAt?.toISOString() ?? null,
    pausedBy: run.pausedBy && nameFor(isStaff, run.pausedBy),
    yieldingSince: isStaff ? (run.yieldingSince?.toISOString() ?? null) : null,
    attempt: run.attempt,
    samplesTotal: run.samplesTotal,
    samplesDone: run.samplesDone,
    conditions: isStaff ? run.conditions : null,
    requestedBy: nameFor(isStaff, run.requestedBy),
    createdAt: run.createdAt.toISOString(),
    startedAt: run.startedAt?.toISOString() ?? null,
    finishedAt: run.finishedAt?.toISOString() ?? null,
    repliesDeletedAt: run.repliesDeletedAt?.toISOString() ?? null,
    verdict: run.verdict && toVerdict(run.verdict),
  };
}

function toVerdict({ id, outcome, modes, reasons, createdAt }: NonNullable<RunRecord["verdict"]>): Run["verdict"] {
  const withClaim = (mode: typeof modes.greedy) => ({
    ...mode,
    claim: summarise(mode),
    cannotRuleOut: formatBlindSpot(mode.n),
  });
  return {
    id,
    outcome,
    modes: { greedy: withClaim(modes.greedy), sampled: withClaim(modes.sampled) },
    reasons,
    createdAt: createdAt.toISOString(),
  };
}
