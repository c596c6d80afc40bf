import { parsePolicy } from "#lib/cutover/policy/policy-store.ts";
import { readLastSeen, withLastSeen } from "#lib/fleet/last-seen.ts";
import { STALE_AFTER_MS } from "#lib/fleet/node-health.ts";
import { pageArgs, toPage } from "#lib/http/cursor.ts";
import type { Page, PageQuery } from "#lib/http/schema.ts";
import type { Tx } from "#lib/platform/db.ts";
import type { TenantStatus } from "#lib/registry/schema.ts";
import { ROLLBACK, toRollback } from "#lib/registry/versions/rollback-store.ts";
import type { Prisma } from "#prisma/generated/client.ts";
import type { JourneyFacts } from "./next-step.ts";

const OPEN_PHASES = ["pending", "warming", "shadow", "canary", "full", "soaking"] as const;

export type TenantFacts = {
  id: string;
  slug: string;
  name: string;
  liveSince: Date | null;
  facts: JourneyFacts;
};

/** Without a status archived tenants are left out, unless one is asked for by id. */
export type TenantFilter = PageQuery & {
  q?: string;
  tenantId?: string;
  /** Only these. */
  tenantIds?: readonly string[];
  status?: TenantStatus;
};

/** The facts of a page of tenants: a handful of queries whatever the page's size. */
export async function listTenantFacts(tx: Tx, filter: TenantFilter, now: Date): Promise<Page<TenantFacts>> {
  const tenantId = tx.scope.kind === "tenant" ? tx.scope.tenantId : filter.tenantId;
  const rows = await tx.client.tenant.findMany({
    ...pageArgs(filter),
    where: {
      ...(filter.tenantIds ? { AND: { id: { in: [...filter.tenantIds] } } } : {}),
      ...(tenantId ? { id: tenantId } : { status: filter.status ?? { not: "archived" } }),
      ...(filter.q
        ? { OR: [{ slug: { contains: filter.q } }, { name: { contains: filter.q, mode: "insensitive" } }] }
        : {}),
    },
    select: {
      id: true,
      slug: true,
      name: true,
      status: true,
      releasePolicy: true,
      adapters: {
        orderBy: [{ isDefault: "desc" }, { id: "asc" }],
        take: 1,
        select: {
          id: true,
          name: true,
          route: { select: ROUTE },
          versions: {
            where: { state: { notIn: ["retired", "deleted"] } },
            orderBy: { number: "desc" },
            take: 20,
            select: { id: true, number: true, state: true, stateReason: true, createdAt: true, ...ROLLBACK },
          },
        },
      },
    },
  });
  const page = toPage(rows, filter.limit);
  const evidence = await gatherEvidence(tx, page.items);
  return { ...page, items: page.items.map((row) => toFacts(row, evidence, now)) };
}

const ROUTE = {
  liveVersionId: true,
  liveSince: true,
  originEndpointId: true,
  originUntil: true,
  originEndedAt: true,
} satisfies Prisma.RouteSelect;

type TenantRow = {
  id: string;
  slug: string;
  name: string;
  status: TenantStatus;
  releasePolicy: unknown;
  adapters: {
    id: string;
    name: string;
    route: Prisma.RouteGetPayload<{ select: typeof ROUTE }> | null;
    versions: Prisma.AdapterVersionGetPayload<{
      select: { id: true; number: true; state: true; stateReason: true; createdAt: true } & typeof ROLLBACK;
    }>[];
  }[];
};

const candidateOf = (row: TenantRow) => {
  const adapter = row.adapters[0];
  const live = adapter?.versions.find((version) => version.id === adapter.route?.liveVersionId);
  return adapter?.versions.find((version) => version.id !== live?.id && version.number > (live?.number ?? 0));
};

async function gatherEvidence(tx: Tx, rows: readonly TenantRow[]) {
  const candidateIds = rows.flatMap((row) => candidateOf(row)?.id ?? []);
  const adapterIds = rows.flatMap((row) => row.adapters[0]?.id ?? []);
  const placements = await tx.client.placement.findMany({
    where: { versionId: { in: candidateIds }, desire: "present" },
    select: { versionId: true, nodeId: true, condition: true },
  });
  const registrations = await tx.client.registration.findMany({
    where: { versionId: { in: candidateIds } },
    select: { versionId: true, nodeId: true, state: true },
  });
  const runs = await tx.client.evalRun.findMany({
    where: { candidateVersionId: { in: candidateIds }, gates: true },
    orderBy: { id: "desc" },
    distinct: ["candidateVersionId"],
    select: { id: true, candidateVersionId: true, state: true, samplesDone: true, samplesTotal: true },
  });
  const verdicts = await tx.client.verdict.findMany({
    where: { versionId: { in: candidateIds }, run: { gates: true } },
    orderBy: { id: "desc" },
    distinct: ["versionId"],
    select: { versionId: true, outcome: true },
  });
  const cutovers = await tx.client.cutover.findMany({
    where: { adapterId: { in: adapterIds }, phase: { in: [...OPEN_PHASES] } },
    orderBy: { id: "desc" },
    select: { id: true, adapterId: true, phase: true },
  });
  const approvals = await tx.client.approval.findMany({
    where: { cutoverId: { in: cutovers.map(({ id }) => id) }, state: "pending" },
    select: { id: true, cutoverId: true, decider: true, approverRole: true },
  });
  const releases = await readReleases(tx, candidateIds);
  return { placements, registrations, runs, verdicts, cutovers, approvals, releases };
}
type Evidence = Awaited<ReturnType<typeof gatherEvidence>>;

/** What release policies did with versions; how they get on is not for customers to read. */
async function readReleases(tx: Tx, versionIds: readonly string[]) {
  const among = { in: [...versionIds] };
  const tried = await tx.client.cutover.findMany({ where: { toVersionId: among }, select: { toVersionId: true } });
  const failures =
    tx.scope.kind === "tenant"
      ? []
      : await tx.client.versionRelease.findMany({
          where: { versionId: among, failedAt: { not: null } },
          select: { versionId: true, message: true },
        });
  return { tried: new Set(tried.map(({ toVersionId }) => toVersionId)), failures };
}

type Version = TenantRow["adapters"][number]["versions"][number];

/** A policy does nothing with what was there before it, nor with what was cut over to already. */
function releaseOf(row: TenantRow, { id, createdAt }: Version, { releases }: Evidence) {
  const { policy, since } = parsePolicy(row.releasePolicy);
  if (since === null || createdAt < since || releases.tried.has(id)) return null;
  return { reach: policy.reach, failure: releases.failures.find(({ versionId }) => versionId === id)?.message ?? null };
}

/** True for a placement that the reconciler gave up on for now. */
const hasFailed = (condition: unknown): boolean =>
  typeof condition === "object" &&
  condition !== null &&
  "status" in condition &&
  condition.status === "false" &&
  "reason" in condition &&
  typeof condition.reason === "string" &&
  /fail|refused|rejected|mismatch/i.test(condition.reason);

function toFacts(row: TenantRow, evidence: Evidence, now: Date): TenantFacts {
  const adapter = row.adapters[0];
  const live = adapter?.versions.find((version) => version.id === adapter.route?.liveVersionId);
  const candidate = candidateOf(row);
  const placements = evidence.placements.filter((placement) => placement.versionId === candidate?.id);
  const isRoutable = (nodeId: string) =>
    evidence.registrations.some(
      (seen) => seen.versionId === candidate?.id && seen.nodeId === nodeId && seen.state === "routable",
    );
  const routable = placements.filter((placement) => isRoutable(placement.nodeId));
  const failed = placements.filter((placement) => !isRoutable(placement.nodeId) && hasFailed(placement.condition));
  const run = evidence.runs.find((found) => found.candidateVersionId === candidate?.id);
  const cutover = evidence.cutovers.find((found) => found.adapterId === adapter?.id);
  return {
    id: row.id,
    slug: row.slug,
    name: row.name,
    liveSince: adapter?.route?.liveSince ?? null,
    facts: {
      tenantId: row.id,
      status: row.status,
      adapter: adapter ? { id: adapter.id, name: adapter.name } : null,
      live: live ? { versionId: live.id, number: live.number, quarantined: quarantineOf(live) } : null,
      candidate: candidate
        ? {
            id: candidate.id,
            number: candidate.number,
            state: candidate.state as NonNullable<JourneyFacts["candidate"]>["state"],
            placements: { desired: placements.length, routable: routable.length, failed: failed.length },
            run: run ? { id: run.id, state: run.state, done: run.samplesDone, total: run.samplesTotal } : null,
            verdict: evidence.verdicts.find((found) => found.versionId === candidate.id)?.outcome ?? null,
            rollback: candidate.state === "ready" ? toRollback(candidate) : null,
            expired: [],
            release: releaseOf(row, candidate, evidence),
          }
        : null,
      cutover: cutover ? { id: cutover.id, phase: cutover.phase, awaits: awaitedBy(cutover.id, evidence) } : null,
      origin: originOf(adapter?.route ?? null, now),
    },
  };
}

function awaitedBy(cutoverId: string, { approvals }: Evidence) {
  const found = approvals.find((approval) => approval.cutoverId === cutoverId);
  return found ? { approvalId: found.id, decider: found.decider, approverRole: found.approverRole } : null;
}

function originOf(route: TenantRow["adapters"][number]["route"], now: Date): JourneyFacts["origin"] {
  if (!route || route.originEndpointId === null || route.originEndedAt !== null) return null;
  if (route.liveVersionId === null) return { answers: true };
  const { originUntil } = route;
  return originUntil !== null && originUntil <= now ? { answers: false, mayEndSince: originUntil } : null;
}

const quarantineOf = ({ state, stateReason }: { state: string; stateReason: string | null }): string | null =>
  state === "quarantined" ? (stateReason ?? "Its stored bytes are not what was registered.") : null;

/** How many adapters serve a version whose stored bytes were found wrong. */
export async function countLiveQuarantined(tx: Tx): Promise<number> {
  const [row] = await tx.client.$queryRaw<{ count: bigint }[]>`
    SELECT count(*) AS "count" FROM "Route" JOIN "AdapterVersion" AS live ON live."id" = "Route"."liveVersionId"
    WHERE live."state" = 'quarantined'`;
  return Number(row?.count ?? 0);
}

/** What the overview says of each pool. */
export async function listPoolFacts(tx: Tx, now: Date) {
  const pools = await tx.client.pool.findMany({
    orderBy: { id: "asc" },
    select: {
      id: true,
      name: true,
      slug: true,
      baseModel: true,
      maxLoras: true,
      maxCpuLoras: true,
      nodes: { select: { id: true, standalone: true, lastSeenAt: true, cordoned: true, simulated: true } },
      adapters: { select: { versions: { where: { registrations: { some: {} } }, select: { sizeBytes: true } } } },
    },
  });
  const seen = await readLastSeen(tx);
  return pools.map((pool) => {
    const nodes = pool.nodes.map((node) => withLastSeen(node, seen));
    const serving = nodes.filter((node) => !node.standalone);
    const isFresh = (at: Date | null) => at !== null && now.getTime() - at.getTime() <= STALE_AFTER_MS;
    const versions = pool.adapters.flatMap((adapter) => adapter.versions);
    return {
      ...pool,
      serving,
      healthy: serving.filter((node) => isFresh(node.lastSeenAt) && !node.cordoned).length,
      simulated: pool.nodes.some((node) => node.simulated),
      lastSeenAt: nodes.reduce<Date | null>(
        (last, node) => (node.lastSeenAt && (!last || node.lastSeenAt > last) ? node.lastSeenAt : last),
        null,
      ),
      loadedVersions: versions.length,
      loadedBytes: versions.reduce((sum, version) => sum + Number(version.sizeBytes), 0),
    };
  });
}

/** Counts behind the first-run checklist. */
export async function countFirstRunFacts(tx: Tx) {
  const pools = await tx.client.pool.count();
  const nodes = await tx.client.node.count();
  const seenNodes = await tx.client.node.count({ where: { lastSeenAt: { not: null } } });
  const tenants = await tx.client.tenant.count();
  const readyVersions = await tx.client.adapterVersion.count({ where: { state: "ready" } });
  const routable = await tx.client.registration.count({ where: { state: "routable" } });
  const verdicts = await tx.client.verdict.count({ where: { run: { gates: true } } });
  const live = await tx.client.route.count({ where: { liveVersionId: { not: null } } });
  const keys = await tx.client.apiKey.count({ where: { tenantId: { not: null }, revokedAt: null } });
  return { pools, nodes, seenNodes, tenants, readyVersions, routable, verdicts, live, keys };
}

/**
 * True while any figure in view may be born in a simulation. A customer cannot see nodes, but its own latest request says
 * what answered it.
 */
export async function isSimulated(tx: Tx): Promise<boolean> {
  if (tx.scope.kind === "platform")
    return (await tx.client.node.findFirst({ where: { simulated: true }, select: { id: true } })) !== null;
  const latest = await tx.client.request.findFirst({
    where: { tenantId: tx.scope.tenantId, nodeId: { not: null } },
    orderBy: { arrivedAt: "desc" },
    select: { simulated: true },
  });
  return latest?.simulated ?? false;
}
