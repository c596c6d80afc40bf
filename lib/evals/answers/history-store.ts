import { pageArgs, toPage } from "#lib/http/cursor.ts";
import type { Page, PageQuery } from "#lib/http/schema.ts";
import type { Tx } from "#lib/platform/db.ts";
import { tenantWhere } from "#lib/platform/scope.ts";
import type { Prisma } from "#prisma/generated/client.ts";
import type { BaselineKind, BaselineOrigin } from "../browser/baseline-schema.ts";
import type { RunVerdict } from "../verdict/judge-run.ts";

const JUDGED = {
  id: true,
  candidateVersionId: true,
  baselineVersionId: true,
  baselineKind: true,
  baselineOrigin: true,
  attempt: true,
  suite: { select: { caseCount: true } },
  verdict: { select: { outcome: true, modes: true, createdAt: true } },
} as const satisfies Prisma.EvalRunSelect;

/** A gate with what its verdict keeps; no answer is read. */
export type JudgedGate = {
  runId: string;
  versionId: string;
  versionNumber: number;
  adapterSlug: string;
  baselineKind: BaselineKind;
  baselineNumber: number | null;
  baselineOrigin: BaselineOrigin | null;
  attempt: number;
  caseCount: number;
  outcome: RunVerdict["outcome"];
  modes: RunVerdict["modes"];
  judgedAt: Date;
  /** A node of its pool is simulated. */
  simulated: boolean;
};

/** The judged gates of a tenant, newest first; comparisons are none. */
export async function listJudgedGates(tx: Tx, query: PageQuery & { tenantId: string }): Promise<Page<JudgedGate>> {
  const rows = await tx.client.evalRun.findMany({
    ...pageArgs(query),
    where: { AND: [{ tenantId: query.tenantId, gates: true, verdict: { isNot: null } }, tenantWhere(tx.scope)] },
    select: JUDGED,
  });
  const page = toPage(rows, query.limit);
  const ids = page.items.flatMap(({ candidateVersionId, baselineVersionId }) => [
    candidateVersionId,
    baselineVersionId,
  ]);
  const versions = await tx.client.adapterVersion.findMany({
    where: { AND: [{ id: { in: ids.filter((id) => id !== null) } }, tenantWhere(tx.scope)] },
    select: {
      id: true,
      number: true,
      adapter: { select: { slug: true, pool: { select: { nodes: { select: { simulated: true } } } } } },
    },
  });
  const byId = new Map(versions.map((version) => [version.id, version]));
  return {
    ...page,
    items: page.items.flatMap(({ id, candidateVersionId, baselineVersionId, suite, verdict, ...run }): JudgedGate[] => {
      const version = byId.get(candidateVersionId);
      if (verdict === null || version === undefined) return [];
      return [
        {
          runId: id,
          versionId: candidateVersionId,
          versionNumber: version.number,
          adapterSlug: version.adapter.slug,
          baselineKind: run.baselineKind as BaselineKind,
          baselineNumber: baselineVersionId === null ? null : (byId.get(baselineVersionId)?.number ?? null),
          baselineOrigin: run.baselineOrigin as BaselineOrigin | null,
          attempt: run.attempt,
          caseCount: suite.caseCount,
          outcome: verdict.outcome,
          modes: verdict.modes as unknown as RunVerdict["modes"],
          judgedAt: verdict.createdAt,
          simulated: version.adapter.pool.nodes.some(({ simulated }) => simulated),
        },
      ];
    }),
  };
}
