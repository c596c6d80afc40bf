import { pageArgs, toPage } from "#lib/http/cursor.ts";
import type { Page, PageQuery } from "#lib/http/schema.ts";
import type { Tx } from "#lib/platform/db.ts";
import { tenantWhere } from "#lib/platform/scope.ts";
import type { Prisma } from "#prisma/generated/client.ts";
import { AT_ONCE, DEFAULT_PLAN } from "./browser/canary-defaults.ts";
import type { CutoverPlan, CutoverTrack } from "./browser/plan-schema.ts";
import type { GuardState } from "./guard/guard-state.ts";
import { hasOrigin } from "./moving-in/origin-state.ts";
import { OPEN_PHASES } from "./phases.ts";
import type { CutoverPhase, CutoverStep } from "./schema.ts";

type Row = Prisma.CutoverGetPayload<Record<never, never>>;

/** What a cutover is read with; see `toRecord`. */
export const NAMED = {
  adapter: {
    select: {
      slug: true,
      tenant: { select: { slug: true, name: true } },
      route: { select: { liveVersionId: true, originEndpointId: true, originEndedAt: true } },
    },
  },
  fromVersion: { select: { number: true } },
  toVersion: { select: { number: true } },
  verdict: { select: { runId: true } },
} as const satisfies Prisma.CutoverInclude;
type Found = Prisma.CutoverGetPayload<{ include: typeof NAMED }>;

/** A cutover with the names that people know its parts by. */
export type CutoverRecord = Omit<Row, "history" | "plan" | "track"> & {
  history: CutoverStep[];
  /** null = it was started before there were plans. */
  plan: CutoverPlan | null;
  track: CutoverTrack | null;
  tenantSlug: string;
  tenantName: string;
  adapterSlug: string;
  fromNumber: number | null;
  toNumber: number;
  /** The run behind `verdictId`. */
  runId: string | null;
  /** What the adapter's route points at now. */
  liveVersionId: string | null;
  /** Whether the customer's present endpoint is still there to go back to. */
  isOriginKept: boolean;
};

const toJson = (history: readonly CutoverStep[]) => history as unknown as Prisma.InputJsonValue;

/** A row with `NAMED`, as this module knows it. */
export function toRecord({ adapter, fromVersion, toVersion, verdict, ...row }: Found): CutoverRecord {
  return {
    ...row,
    history: row.history as unknown as CutoverStep[],
    plan: row.plan as CutoverPlan | null,
    track: row.track as CutoverTrack | null,
    tenantSlug: adapter.tenant.slug,
    tenantName: adapter.tenant.name,
    adapterSlug: adapter.slug,
    fromNumber: fromVersion?.number ?? null,
    toNumber: toVersion.number,
    runId: verdict?.runId ?? null,
    liveVersionId: adapter.route?.liveVersionId ?? null,
    isOriginKept: adapter.route !== null && hasOrigin(adapter.route),
  };
}

/** One that was started before there were plans goes as it would have gone then. */
export const planOf = ({ plan }: CutoverRecord): CutoverPlan => plan ?? { ...DEFAULT_PLAN, ...AT_ONCE };
export const trackOf = ({ track }: CutoverRecord): CutoverTrack =>
  track ?? { kind: "at_once", reason: "It was started before cutovers had plans.", requestsPerHour: 0 };

/** Serialises everything that may move an adapter's live pointer, until the transaction ends. */
export async function lockAdapter(tx: Tx, adapterId: string): Promise<void> {
  await tx.client.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`cutover:${adapterId}`}, 0))`;
}

export async function getCutover(tx: Tx, cutoverId: string): Promise<CutoverRecord | null> {
  const where = { AND: [{ id: cutoverId }, tenantWhere(tx.scope)] };
  const row = await tx.client.cutover.findFirst({ where, include: NAMED });
  return row && toRecord(row);
}

type CutoverFilter = PageQuery & { tenantId?: string; adapterId?: string; active?: "true" | "false" };

export async function listCutovers(tx: Tx, query: CutoverFilter): Promise<Page<CutoverRecord>> {
  const { tenantId, adapterId, active } = query;
  const isOpen = { phase: { in: [...OPEN_PHASES] } };
  const rows = await tx.client.cutover.findMany({
    ...pageArgs(query),
    where: {
      AND: [
        tenantWhere(tx.scope),
        tenantId ? { tenantId } : {},
        adapterId ? { adapterId } : {},
        active === undefined ? {} : active === "true" ? isOpen : { NOT: isOpen },
      ],
    },
    include: NAMED,
  });
  const page = toPage(rows, query.limit);
  return { ...page, items: page.items.map(toRecord) };
}

export async function openCutovers(tx: Tx): Promise<CutoverRecord[]> {
  const rows = await tx.client.cutover.findMany({
    where: { phase: { in: [...OPEN_PHASES] } },
    orderBy: { id: "asc" },
    include: NAMED,
  });
  return rows.map(toRecord);
}

export const openCutoverOf = (tx: Tx, adapterId: string): Promise<{ id: string; phase: CutoverPhase } | null> =>
  tx.client.cutover.findFirst({
    where: { AND: [{ adapterId, phase: { in: [...OPEN_PHASES] } }, tenantWhere(tx.scope)] },
    select: { id: true, phase: true },
  });

type NewCutover = {
  id: string;
  tenantId: string;
  adapterId: string;
  fromVersionId: string | null;
  toVersionId: string;
  fromOrigin: boolean;
  verdictId: string | null;
  overrideReason: string | null;
  adopted: boolean;
  requestedBy: string;
  plan: CutoverPlan;
  history: readonly CutoverStep[];
};

export async function insertCutover(tx: Tx, { history, ...cutover }: NewCutover): Promise<void> {
  await tx.client.cutover.create({ data: { ...cutover, history: toJson(history) }, select: { id: true } });
}

/** What is left out stays as it is. */
type Step = {
  step: CutoverStep;
  message: string | null;
  stepAt: Date;
  stepIndex: number;
  guard?: GuardState;
  guardedAt?: Date;
  finishedAt?: Date;
  paused?: false;
  awaitingApproval?: false;
};

/** Appends one step; the caller holds the adapter's lock, so nobody else does at the same time. */
export async function saveStep(tx: Tx, cutover: CutoverRecord, { step, guard, ...rest }: Step): Promise<void> {
  await tx.client.cutover.update({
    where: { id: cutover.id },
    data: {
      phase: step.phase,
      weight: step.weight ?? 0,
      history: toJson([...cutover.history, step]),
      generation: { increment: 1 },
      ...rest,
      ...(guard === undefined ? {} : { guard }),
    },
    select: { id: true },
  });
}

/** What a cutover waits for. Its phase stays, so nobody is woken by it. */
export async function saveMessage(tx: Tx, cutoverId: string, phase: CutoverPhase, message: string): Promise<void> {
  await tx.client.cutover.updateMany({ where: { id: cutoverId, phase }, data: { message } });
}

/** Which steps it takes, and why. */
export async function saveTrack(tx: Tx, cutoverId: string, track: CutoverTrack): Promise<void> {
  await tx.client.cutover.update({ where: { id: cutoverId }, data: { track }, select: { id: true } });
}

/** Holds it where it is, or lets it go on, and writes that down. @returns its generation */
export async function saveHold(
  tx: Tx,
  cutover: CutoverRecord,
  { step, ...hold }: { paused?: boolean; awaitingApproval?: boolean; message?: string | null; step: CutoverStep },
): Promise<number> {
  const { generation } = await tx.client.cutover.update({
    where: { id: cutover.id },
    data: { ...hold, history: toJson([...cutover.history, step]), generation: { increment: 1 } },
    select: { generation: true },
  });
  return generation;
}

type Guarded = Pick<Row, "toVersionId" | "tenantId" | "guardedAt" | "message">;

/** Of each version, the last cutover that its guard ended since then. */
export const listGuarded = (tx: Tx, since: Date): Promise<Guarded[]> =>
  tx.client.cutover.findMany({
    where: { guardedAt: { gte: since } },
    orderBy: [{ toVersionId: "asc" }, { guardedAt: "desc" }],
    distinct: ["toVersionId"],
    select: { toVersionId: true, tenantId: true, guardedAt: true, message: true },
  });
