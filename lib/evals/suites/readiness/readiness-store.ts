import type { Tx } from "#lib/platform/db.ts";
import { tenantWhere } from "#lib/platform/scope.ts";
import { type DefaultSuite, defaultSuites } from "../default-suite-store.ts";
import type { BaselineFacts } from "./judge-readiness.ts";

export type ChosenSuite = DefaultSuite & { categories: number; duplicates: number };

/** Of each tenant the suite that a gate takes where none is named, with what stands in it. */
export async function chosenSuites(tx: Tx, tenantIds: readonly string[]): Promise<Map<string, ChosenSuite>> {
  const chosen = await defaultSuites(tx, tenantIds);
  const ids = chosen.map(({ id }) => id);
  const counts = await tx.client.$queryRaw<{ suiteId: string; categories: number; duplicates: number }[]>`
    SELECT "suiteId", count(DISTINCT "category")::int AS "categories",
      (count("fingerprint") - count(DISTINCT "fingerprint"))::int AS "duplicates"
    FROM "EvalCase" WHERE "suiteId" = ANY(${ids}) GROUP BY "suiteId"`;
  const bySuite = new Map(counts.map((row) => [row.suiteId, row]));
  return new Map(
    chosen.map((suite) => [
      suite.tenantId,
      {
        ...suite,
        categories: bySuite.get(suite.id)?.categories ?? 0,
        duplicates: bySuite.get(suite.id)?.duplicates ?? 0,
      },
    ]),
  );
}

type LastRun = { facts: BaselineFacts; failed: { caseId: string; ordinal: number }[] };

/** Of which prompts the baseline got most of its answers wrong, in the last run that completed; null = none has. */
export async function lastBaseline(tx: Tx, suiteId: string): Promise<LastRun | null> {
  const run = await tx.client.evalRun.findFirst({
    where: { AND: [{ suiteId, state: "completed", gates: true }, tenantWhere(tx.scope)] },
    orderBy: { id: "desc" },
    select: { id: true, finishedAt: true, createdAt: true },
  });
  if (run === null) return null;
  const rows = await tx.client.evalSample.findMany({
    where: { AND: [{ runId: run.id, side: "baseline", status: { not: "invalid" } }, tenantWhere(tx.scope)] },
    select: { caseId: true, ordinal: true, status: true, nodeName: true },
    orderBy: { ordinal: "asc" },
  });
  const asked = new Map<string, { caseId: string; ordinal: number; answers: number; wrong: number }>();
  for (const { caseId, ordinal, status } of rows) {
    const before = asked.get(caseId) ?? { caseId, ordinal, answers: 0, wrong: 0 };
    const wrong = before.wrong + (status === "wrong" ? 1 : 0);
    asked.set(caseId, { ...before, answers: before.answers + 1, wrong });
  }
  const failed = [...asked.values()].filter(({ answers, wrong }) => 2 * wrong > answers);
  return {
    facts: {
      asked: asked.size,
      wrong: failed.length,
      simulated: await isSimulated(tx, [...new Set(rows.flatMap(({ nodeName }) => nodeName ?? []))]),
      at: run.finishedAt ?? run.createdAt,
    },
    failed: failed.map(({ caseId, ordinal }) => ({ caseId, ordinal })),
  };
}

/** A customer may not read nodes; what they are told is not called simulated then. */
async function isSimulated(tx: Tx, names: readonly string[]): Promise<boolean> {
  if (tx.scope.kind === "tenant") return false;
  return (await tx.client.node.count({ where: { name: { in: [...names] }, simulated: true } })) > 0;
}

/** Which of the tenants have given their tools. */
export async function withTools(tx: Tx, tenantIds: readonly string[]): Promise<Set<string>> {
  const rows = await tx.client.tenantTools.findMany({
    where: { AND: [{ tenantId: { in: [...tenantIds] } }, tenantWhere(tx.scope)] },
    select: { tenantId: true },
  });
  return new Set(rows.map(({ tenantId }) => tenantId));
}
