import type { Tx } from "#lib/platform/db.ts";
import type { OpenRun } from "./judge-progress.ts";

/** Runs that have not ended, oldest first. */
export const listOpenRuns = (tx: Tx): Promise<OpenRun[]> =>
  tx.client.$queryRaw<OpenRun[]>`
    SELECT r."id", r."tenantId", a."slug" || ' v' || v."number" AS "name", r."state"::text AS "state",
      r."createdAt" AS "queuedAt", r."startedAt", (SELECT max("createdAt") FROM "EvalSample" WHERE "runId" = r."id") AS "lastAnswerAt",
      r."pausedAt", r."pausedBy", r."yieldingSince", r."askingSince", r."samplesDone", r."samplesTotal", r."message"
    FROM "EvalRun" r JOIN "AdapterVersion" v ON v."id" = r."candidateVersionId" JOIN "Adapter" a ON a."id" = r."adapterId"
    WHERE r."state" IN ('queued', 'running') ORDER BY r."id"`;

/** Those that ended since then. */
export const listEndedRuns = (
  tx: Tx,
  since: Date,
): Promise<{ id: string; tenantId: string; finishedAt: Date | null }[]> =>
  tx.client.evalRun.findMany({
    where: { state: { notIn: ["queued", "running"] }, finishedAt: { gte: since } },
    orderBy: { id: "asc" },
    select: { id: true, tenantId: true, finishedAt: true },
  });

/** Versions that serve customers now. */
export const listLiveVersions = (tx: Tx): Promise<{ versionId: string; tenantId: string; name: string }[]> =>
  tx.client.$queryRaw<{ versionId: string; tenantId: string; name: string }[]>`
    SELECT v."id" AS "versionId", r."tenantId", a."slug" || ' v' || v."number" AS "name"
    FROM "Route" r JOIN "AdapterVersion" v ON v."id" = r."liveVersionId" JOIN "Adapter" a ON a."id" = r."adapterId"
    ORDER BY v."id"`;
