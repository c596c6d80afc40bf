import type { RunConditions } from "#lib/evals/conditions/run-conditions.ts";
import type { Tx } from "#lib/platform/db.ts";
import { groupOf } from "#lib/registry/browser/finding-codes.ts";
import type { CheckReport } from "#lib/registry/schema.ts";
import type { JudgedRun, JudgedVersion, RejectedVersion } from "./pool-facts.ts";

const NAME = { number: true, tenant: { select: { slug: true } }, adapter: { select: { slug: true } } } as const;
type Named = { number: number; tenant: { slug: string }; adapter: { slug: string } };
const nameOf = ({ number, tenant, adapter }: Named): string => `${tenant.slug} / ${adapter.slug} v${number}`;

/** More than these are no list that anybody reads. */
const MOST_REJECTED = 50;

/** Versions that were refused for their base, architecture or tokenizer, as long as they are their adapter's newest. */
export async function listRejected(tx: Tx, poolId: string): Promise<RejectedVersion[]> {
  const rows = await tx.client.adapterVersion.findMany({
    where: { adapter: { poolId }, tenant: { status: "active" }, state: { notIn: ["draft", "checking", "deleted"] } },
    orderBy: [{ adapterId: "asc" }, { number: "desc" }],
    distinct: ["adapterId"],
    select: { id: true, adapterId: true, tenantId: true, state: true },
  });
  const ids = rows.flatMap(({ id, state }) => (state === "rejected" ? id : [])).slice(0, MOST_REJECTED);
  const rejected = await tx.client.adapterVersion.findMany({
    where: { id: { in: ids } },
    orderBy: { id: "asc" },
    select: { id: true, adapterId: true, tenantId: true, checkReport: true, ...NAME },
  });
  return rejected.flatMap((row) => {
    const { findings = [] } = (row.checkReport ?? {}) as Partial<CheckReport>;
    const problems = findings.filter(({ code, severity }) => severity === "error" && isOfBase(code));
    if (problems.length === 0) return [];
    return { versionId: row.id, adapterId: row.adapterId, tenantId: row.tenantId, name: nameOf(row), problems };
  });
}

const isOfBase = (code: string): boolean => {
  const group = groupOf(code);
  return group === "base" || group === "tokenizer";
};

/** Versions of the pool that more than one verdict stands on, with their verdicts, newest first. */
export async function listJudged(tx: Tx, poolId: string, simulated: boolean): Promise<JudgedVersion[]> {
  const several = await tx.client.$queryRaw<{ versionId: string; isLive: boolean }[]>`
    SELECT v."id" AS "versionId", coalesce(bool_or(r."liveVersionId" = v."id"), false) AS "isLive"
    FROM "Verdict" d JOIN "EvalRun" e ON e."id" = d."runId" AND e."gates" JOIN "AdapterVersion" v ON v."id" = d."versionId" JOIN "Adapter" a ON a."id" = v."adapterId"
    LEFT JOIN "Route" r ON r."adapterId" = a."id"
    WHERE a."poolId" = ${poolId} AND v."state" = 'ready' GROUP BY v."id" HAVING count(*) > 1`;
  const versionIds = several.map(({ versionId }) => versionId);
  const versions = await tx.client.adapterVersion.findMany({
    where: { id: { in: versionIds } },
    select: { id: true, adapterId: true, tenantId: true, ...NAME },
  });
  const runs = await tx.client.evalRun.findMany({
    where: { candidateVersionId: { in: versionIds }, verdict: { isNot: null }, gates: true },
    orderBy: { id: "desc" },
    select: {
      suiteId: true,
      candidateVersionId: true,
      baselineVersionId: true,
      baselineKind: true,
      conditions: true,
      verdict: { select: { modes: true, createdAt: true } },
    },
  });
  return versions.map(({ id, adapterId, tenantId, ...named }) => ({
    versionId: id,
    adapterId,
    tenantId,
    name: nameOf(named),
    isLive: several.some(({ versionId, isLive }) => versionId === id && isLive),
    runs: runs
      .filter(({ candidateVersionId }) => candidateVersionId === id)
      .flatMap(({ suiteId, verdict, conditions, baselineVersionId, baselineKind }) =>
        verdict === null
          ? []
          : {
              suiteId,
              at: verdict.createdAt,
              simulated,
              modes: verdict.modes as unknown as JudgedRun["modes"],
              conditions: conditionsOf(conditions, baselineVersionId ?? baselineKind),
            },
      ),
  }));
}

function conditionsOf(stored: unknown, baseline: string | null): JudgedRun["conditions"] {
  const { candidate } = (stored ?? {}) as { candidate?: RunConditions };
  return { vllmVersion: candidate?.vllmVersion ?? null, nodeGpu: candidate?.nodeGpu ?? null, baseline };
}
