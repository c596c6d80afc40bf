import { pageArgs, toPage } from "#lib/http/cursor.ts";
import type { Page, PageQuery } from "#lib/http/schema.ts";
import type { Tx } from "#lib/platform/db.ts";
import { tenantWhere } from "#lib/platform/scope.ts";
import type { Prisma } from "#prisma/generated/client.ts";
import type { BaselineKind, BaselineOrigin } from "./browser/baseline-schema.ts";
import type { SideConditions } from "./conditions/run-conditions.ts";
import type { RunState, SampleStatus, ScoreKind } from "./schema.ts";
import type { SampleOutline, ScoredAnswer, StoredSample } from "./stored-sample.ts";
import type { RunVerdict } from "./verdict/judge-run.ts";

/** Types of the domain are JSON in the catalog; Prisma only knows that they are JSON. */
const toJson = (value: unknown) => value as Prisma.InputJsonValue;
const fromJson = <T>(value: Prisma.JsonValue): T => value as T;

// --- runs ------------------------------------------------------------------------------------------------------

/** Serialises what belongs to one subject, such as the runs of a version, until the transaction ends. */
export async function lockSubject(tx: Tx, subject: string): Promise<void> {
  await tx.client.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`evals:${subject}`}, 0))`;
}

const RUN = {
  suite: true,
  verdict: true,
  candidate: {
    select: {
      number: true,
      tenant: { select: { slug: true, name: true } },
      adapter: { select: { slug: true } },
    },
  },
  baseline: { select: { number: true } },
} as const satisfies Prisma.EvalRunInclude;
type RunRow = Prisma.EvalRunGetPayload<{ include: typeof RUN }>;

/** A run with the names that people know its parts by. */
export type RunRecord = Omit<
  RunRow,
  "conditions" | "verdict" | "baselineKind" | "baselineOrigin" | "candidate" | "baseline"
> & {
  conditions: SideConditions | null;
  baselineKind: BaselineKind;
  baselineOrigin: BaselineOrigin | null;
  tenantSlug: string;
  tenantName: string;
  adapterSlug: string;
  candidateNumber: number;
  baselineNumber: number | null;
  verdict: (Pick<RunVerdict, "outcome" | "modes" | "reasons"> & { id: string; createdAt: Date }) | null;
};

function toRun({ candidate, baseline, verdict, ...row }: RunRow): RunRecord {
  const conditions = fromJson<SideConditions | Record<never, never>>(row.conditions);
  return {
    ...row,
    conditions: "baseline" in conditions ? conditions : null,
    baselineKind: row.baselineKind as BaselineKind,
    baselineOrigin: row.baselineOrigin === null ? null : fromJson<BaselineOrigin>(row.baselineOrigin),
    tenantSlug: candidate.tenant.slug,
    tenantName: candidate.tenant.name,
    adapterSlug: candidate.adapter.slug,
    candidateNumber: candidate.number,
    baselineNumber: baseline?.number ?? null,
    verdict: verdict && {
      id: verdict.id,
      outcome: verdict.outcome,
      modes: fromJson(verdict.modes),
      reasons: fromJson(verdict.reasons),
      createdAt: verdict.createdAt,
    },
  };
}

export async function getRun(tx: Tx, runId: string): Promise<RunRecord | null> {
  const row = await tx.client.evalRun.findFirst({
    where: { AND: [{ id: runId }, tenantWhere(tx.scope)] },
    include: RUN,
  });
  return row && toRun(row);
}

/** Holds a run's row until the transaction ends. @returns its state, or null when there is none in this scope */
export async function lockRun(tx: Tx, runId: string): Promise<RunState | null> {
  const [row] = await tx.client.$queryRaw<{ state: RunState; tenantId: string }[]>`
    SELECT "state"::text AS "state", "tenantId" FROM "EvalRun" WHERE "id" = ${runId} FOR UPDATE`;
  if (row === undefined || (tx.scope.kind === "tenant" && tx.scope.tenantId !== row.tenantId)) return null;
  return row.state;
}

type RunFilter = PageQuery & { tenantId?: string; versionId?: string; state?: RunState };

export async function listRuns(tx: Tx, query: RunFilter): Promise<Page<RunRecord>> {
  const { tenantId, versionId, state } = query;
  const rows = await tx.client.evalRun.findMany({
    ...pageArgs(query),
    where: {
      AND: [
        tenantWhere(tx.scope),
        tenantId ? { tenantId } : {},
        versionId ? { candidateVersionId: versionId } : {},
        state ? { state } : {},
      ],
    },
    include: RUN,
  });
  const page = toPage(rows, query.limit);
  return { ...page, items: page.items.map(toRun) };
}

/** Runs in a state, oldest first: the order in which they are served. */
export async function runsInState(tx: Tx, state: RunState): Promise<RunRecord[]> {
  const rows = await tx.client.evalRun.findMany({ where: { state }, orderBy: { id: "asc" }, include: RUN });
  return rows.map(toRun);
}

/** Queued and running runs of a tenant, oldest first. */
export async function openRunIds(tx: Tx, tenantId: string): Promise<string[]> {
  const rows = await tx.client.evalRun.findMany({
    where: { tenantId, state: { in: ["queued", "running"] } },
    orderBy: { id: "asc" },
    select: { id: true },
  });
  return rows.map(({ id }) => id);
}

export const activeRunOf = (tx: Tx, versionId: string): Promise<{ id: string } | null> =>
  tx.client.evalRun.findFirst({
    where: { AND: [{ candidateVersionId: versionId, state: { in: ["queued", "running"] } }, tenantWhere(tx.scope)] },
    select: { id: true },
  });

/** Gates of a version that asked at least one prompt, however they ended. */
export const countTries = (tx: Tx, versionId: string): Promise<number> =>
  tx.client.evalRun.count({ where: { candidateVersionId: versionId, startedAt: { not: null }, gates: true } });

type NewRun = {
  id: string;
  tenantId: string;
  suiteId: string;
  adapterId: string;
  candidateVersionId: string;
  baselineVersionId: string | null;
  baselineNodeId: string | null;
  baselineKind: BaselineKind;
  baselineEndpointId: string | null;
  baselineOrigin: BaselineOrigin | null;
  gates: boolean;
  attempt: number;
  samplesTotal: number;
  requestedBy: string;
  message: string;
};

export async function insertRun(tx: Tx, { baselineOrigin, ...run }: NewRun): Promise<void> {
  const origin = baselineOrigin === null ? {} : { baselineOrigin: toJson(baselineOrigin) };
  await tx.client.evalRun.create({ data: { ...run, ...origin }, select: { id: true } });
}

export async function setRunMessage(tx: Tx, runId: string, message: string): Promise<void> {
  await tx.client.evalRun.updateMany({ where: { id: runId, state: "queued" }, data: { message } });
}

/** Prompts that have to be asked again make a run longer than it looked. */
export async function setSamplesTotal(tx: Tx, runId: string, samplesTotal: number): Promise<void> {
  await tx.client.evalRun.updateMany({ where: { id: runId, state: "running" }, data: { samplesTotal } });
}

/** @returns false when the run is no longer queued */
export async function markRunning(
  tx: Tx,
  runId: string,
  start: { at: Date; conditions: SideConditions },
): Promise<boolean> {
  const { count } = await tx.client.evalRun.updateMany({
    where: { id: runId, state: "queued" },
    data: { state: "running", startedAt: start.at, message: null, conditions: toJson(start.conditions) },
  });
  return count === 1;
}

export type RunEnd = {
  state: "completed" | "cancelled" | "failed";
  message: string | null;
  at: Date;
  conditions?: SideConditions;
};

/** @returns false when the run had ended already */
export async function endRun(tx: Tx, runId: string, end: RunEnd): Promise<boolean> {
  const { conditions, at, ...data } = end;
  const { count } = await tx.client.evalRun.updateMany({
    where: { id: runId, state: { in: ["queued", "running"] } },
    data: { ...data, finishedAt: at, ...(conditions ? { conditions: toJson(conditions) } : {}) },
  });
  return count === 1;
}

// --- samples ---------------------------------------------------------------------------------------------------

const SCORED = {
  id: true,
  caseId: true,
  ordinal: true,
  side: true,
  mode: true,
  take: true,
  seed: true,
  status: true,
  kind: true,
  detail: true,
  finishReason: true,
  nodeName: true,
  latencyMs: true,
  attempts: true,
} as const satisfies Prisma.EvalSampleSelect;

type SampleRow = Prisma.EvalSampleGetPayload<{ select: typeof SCORED }> & { rawReply?: Prisma.JsonValue };

const toSample = (row: SampleRow): StoredSample => ({
  ...row,
  status: row.status as SampleStatus,
  kind: row.kind as ScoreKind,
  detail: fromJson(row.detail),
  rawReply: typeof row.rawReply === "string" ? row.rawReply : null,
});

const inRun = (tx: Tx, runId: string) => ({ AND: [{ runId }, tenantWhere(tx.scope)] });

/** Which answers a run has, and how they were judged. */
export async function readOutline(tx: Tx, runId: string): Promise<SampleOutline[]> {
  const rows = await tx.client.evalSample.findMany({
    where: inRun(tx, runId),
    select: { ordinal: true, side: true, mode: true, take: true, status: true, nodeName: true },
  });
  return rows.map((row) => ({ ...row, status: row.status as SampleStatus }));
}

/** Samples with their raw replies; all of a run, or those of one case. */
export async function readSamples(tx: Tx, runId: string, caseId?: string): Promise<StoredSample[]> {
  const rows = await tx.client.evalSample.findMany({
    where: { AND: [inRun(tx, runId), caseId ? { caseId } : {}] },
    select: { ...SCORED, rawReply: true },
  });
  return rows.map(toSample);
}

/** The likeliest answers to the prompts at these places of the suite, with their raw replies. */
export async function readGreedySamples(tx: Tx, runId: string, ordinals: readonly number[]): Promise<StoredSample[]> {
  const rows = await tx.client.evalSample.findMany({
    where: { AND: [inRun(tx, runId), { mode: "greedy", ordinal: { in: [...ordinals] } }] },
    select: { ...SCORED, rawReply: true },
  });
  return rows.map(toSample);
}

/** Samples without raw replies, for the given places of the suite. */
export async function readScores(tx: Tx, runId: string, ordinals: readonly number[]): Promise<StoredSample[]> {
  const rows = await tx.client.evalSample.findMany({
    where: { AND: [inRun(tx, runId), { ordinal: { in: [...ordinals] } }] },
    select: SCORED,
  });
  return rows.map(toSample);
}

export async function saveScore(tx: Tx, sampleId: string, score: ScoredAnswer): Promise<void> {
  const { detail, ...rest } = score;
  await tx.client.evalSample.update({
    where: { id: sampleId },
    data: { ...rest, detail: toJson(detail) },
    select: { id: true },
  });
}
