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
  const adapters = await adaptersOf(
    tx,
    runs.map(({ candidateVersionId }) => candidateVersionId),
  );
  return runs.flatMap(({ candidateVersionId, conditions, suite, verdict, ...run }) => {
    const adapter = adapters.get(candidateVersionId);
    if (verdict === null || adapter === undefined) return [];
    const known = conditions as SideConditions | Record<never, never>;
    return {
      versionId: candidateVersionId,
      poolId: adapter.poolId,
      adapterSlug: adapter.slug,
      requestedBy: run.requestedBy,
      conditions: "candidate" in known ? known : null,
      baselineEndpointId: run.baselineEndpointId,
      baselineVersionId: run.baselineVersionId,
      live: adapter.live,
      suite: { ...suite, newestRevision: newest.get(`${suite.tenantId}/${suite.name}`) ?? suite.revision },
      verdict,
    };
  });
}

type AdapterToday = { poolId: string; slug: string; live: JudgedRun["live"] };

/** Of versions, by version. */
async function adaptersOf(tx: Tx, versionIds: readonly string[]): Promise<Map<string, AdapterToday>> {
  const rows = await tx.client.adapterVersion.findMany({
    where: { id: { in: [...versionIds] } },
    select: { id: true, adapter: { select: { poolId: true, slug: true, route: { select: { liveVersionId: true } } } } },
  });
  const liveIds = rows.flatMap(({ adapter }) => adapter.route?.liveVersionId ?? []);
  const live = await tx.client.adapterVersion.findMany({
    where: { id: { in: liveIds } },
    select: { id: true, number: true },
  });
  const liveOf = new Map(live.map((version) => [version.id, version]));
  return new Map(
    rows.map(({ id, adapter: { poolId, slug, route } }) => [
      id,
      { poolId, slug, live: liveOf.get(route?.liveVersionId ?? "") ?? null },
    ]),
  );
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

/** The runs behind verdicts, by verdict. */
export async function runsOfVerdicts(tx: Tx, verdictIds: readonly string[]): Promise<Map<string, string>> {
  const rows = await tx.client.verdict.findMany({
    where: { AND: [{ id: { in: [...verdictIds] } }, tenantWhere(tx.scope)] },
    select: { id: true, runId: true },
  });
  return new Map(rows.map(({ id, runId }) => [id, runId]));
}
