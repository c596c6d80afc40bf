import type { Tx } from "#lib/platform/db.ts";
import { newId } from "#lib/platform/ids.ts";
import { tenantWhere } from "#lib/platform/scope.ts";
import type { Prisma } from "#prisma/generated/client.ts";
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

/** What the newest completed run of exactly this version came to; null = none has completed. */
export async function latestVerdict(tx: Tx, versionId: string): Promise<LatestVerdict | null> {
  const run = await tx.client.evalRun.findFirst({
    where: { AND: [{ candidateVersionId: versionId, state: "completed" }, tenantWhere(tx.scope)] },
    orderBy: { id: "desc" },
    select: { verdict: { select: { id: true, runId: true, outcome: true, createdAt: true } } },
  });
  return run?.verdict ?? null;
}

/** The runs behind verdicts, by verdict. */
export async function runsOfVerdicts(tx: Tx, verdictIds: readonly string[]): Promise<Map<string, string>> {
  const rows = await tx.client.verdict.findMany({
    where: { AND: [{ id: { in: [...verdictIds] } }, tenantWhere(tx.scope)] },
    select: { id: true, runId: true },
  });
  return new Map(rows.map(({ id, runId }) => [id, runId]));
}
