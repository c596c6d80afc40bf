import type { Tx } from "#lib/platform/db.ts";
import { newId } from "#lib/platform/ids.ts";
import { tenantWhere } from "#lib/platform/scope.ts";
import type { Prisma } from "#prisma/generated/client.ts";
import type { SideConditions } from "../conditions/run-conditions.ts";
import type { Outcome } from "../schema.ts";
import type { RunVerdict } from "./judge-run.ts";

/** Types of the domain are JSON in the catalog; Prisma only knows that they are JSON. */
const toJson = (value: unknown) => value as Prisma.InputJsonValue;

type NewVerdict = { tenantId: string; runId: string; versionId: string; verdict: RunVerdict; at: Date };

/** A run has one verdict; judging it again replaces what the verdict says and keeps its id. */
export async function putVerdict(tx: Tx, { verdict, at, ...ids }: NewVerdict): Promise<void> {
  const said = { outcome: verdict.outcome, modes: toJson(verdict.modes), reasons: toJson(verdict.reasons) };
  await tx.client.verdict.upsert({
    where: { runId: ids.runId },
    create: { id: newId("verdict"), ...ids, ...said, createdAt: at },
    update: said,
    select: { id: true },
  });
}

export type LatestVerdict = { id: string; runId: string; outcome: Outcome; createdAt: Date };

const JUDGED = {
  id: true,
  candidateVersionId: true,
  requestedBy: true,
  conditions: true,
  baselineEndpointId: true,
  baselineVersionId: true,
  suite: { select: { tenantId: true, name: true, revision: true, hash: true } },
  adapter: {
    select: { poolId: true, slug: true, route: { select: { liveVersion: { select: { id: true, number: true } } } } },
  },
  verdict: { select: { id: true, runId: true, outcome: true, createdAt: true } },
} as const satisfies Prisma.EvalRunSelect;

/** The newest completed gate of a version; what only compares is none. */
export type JudgedRun = {
  versionId: string;
  poolId: string;
  adapterSlug: string;
  requestedBy: string;
  /** Null on runs that ended before anything was known. */
  conditions: SideConditions | null;
  /** The deployment of others, or the version live then, that it was measured against. */
  baselineEndpointId: string | null;
  baselineVersionId: string | null;
  /** What is live today; null = nothing. */
  live: { id: string; number: number } | null;
  suite: { tenantId: string; name: string; revision: number; hash: string; newestRevision: number };
  verdict: LatestVerdict;
};

/** What the newest completed gate of exactly each of these versions came to; a version without one is left out. */
export async function latestJudged(tx: Tx, versionIds: readonly string[]): Promise<JudgedRun[]> {
  const runs = await tx.client.evalRun.findMany({
    where: {
      AND: [{ candidateVersionId: { in: [...versionIds] }, state: "completed", gates: true }, tenantWhere(tx.scope)],
    },
    orderBy: [{ candidateVersionId: "asc" }, { id: "desc" }],
    distinct: ["candidateVersionId"],
    select: JUDGED,
  });
  const newest = await newestRevisions(
    tx,
    runs.map(({ suite }) => suite),
  );
  return runs.flatMap(({ candidateVersionId, conditions, suite, adapter, verdict, ...run }) => {
    if (verdict === null) return [];
    const known = conditions as SideConditions | Record<never, never>;
    return {
      versionId: candidateVersionId,
      poolId: adapter.poolId,
      adapterSlug: adapter.slug,
      requestedBy: run.requestedBy,
      conditions: "candidate" in known ? known : null,
      baselineEndpointId: run.baselineEndpointId,
      baselineVersionId: run.baselineVersionId,
      live: adapter.route?.liveVersion ?? null,
      suite: { ...suite, newestRevision: newest.get(`${suite.tenantId}/${suite.name}`) ?? suite.revision },
      verdict,
    };
  });
}

/** By tenant and name. */
async function newestRevisions(
  tx: Tx,
  suites: readonly { tenantId: string; name: string }[],
): Promise<Map<string, number>> {
  if (suites.length === 0) return new Map();
  const rows = await tx.client.evalSuite.groupBy({
    by: ["tenantId", "name"],
    where: { OR: suites.map(({ tenantId, name }) => ({ tenantId, name })) },
    _max: { revision: true },
  });
  return new Map(rows.map(({ tenantId, name, _max }) => [`${tenantId}/${name}`, _max.revision ?? 0]));
}
