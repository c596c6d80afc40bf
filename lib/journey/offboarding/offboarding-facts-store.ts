import { isServing } from "#lib/fleet/conditions.ts";
import type { Condition } from "#lib/http/schema.ts";
import type { Tx } from "#lib/platform/db.ts";

const OPEN_PHASES = ["pending", "warming", "shadow", "canary", "full", "soaking"] as const;

/** What a tenant has, in numbers, and what is under way for it. */
export async function countBelongings(tx: Tx, tenantId: string) {
  const where = { tenantId };
  const adapters = await tx.client.adapter.count({ where });
  const versions = await tx.client.adapterVersion.findMany({
    where: { ...where, state: { not: "deleted" } },
    select: { storePath: true, sizeBytes: true },
  });
  const live = await tx.client.route.count({ where: { ...where, liveVersionId: { not: null } } });
  const keys = await tx.client.apiKey.count({ where: { ...where, revokedAt: null } });
  const people = await tx.client.membership.count({ where });
  const runs = await tx.client.evalRun.count({ where: { ...where, state: { in: ["queued", "running"] } } });
  const cutovers = await tx.client.cutover.count({ where: { ...where, phase: { in: [...OPEN_PHASES] } } });
  const bytesOf = new Map(
    versions.flatMap(({ storePath, sizeBytes }) => (storePath ? [[storePath, Number(sizeBytes)] as const] : [])),
  );
  return {
    adapters,
    live,
    keys,
    people,
    openRuns: runs,
    openCutovers: cutovers,
    versions: versions.length,
    directories: bytesOf.size,
    bytes: [...bytesOf.values()].reduce((sum, bytes) => sum + bytes, 0),
  };
}

/** Nodes with a tenant's versions on them. */
export async function placedNodes(tx: Tx, tenantId: string) {
  const rows = await tx.client.node.findMany({
    where: { placements: { some: { tenantId } } },
    orderBy: { name: "asc" },
    select: { id: true, name: true, conditions: true, placements: { where: { tenantId }, select: { id: true } } },
  });
  return rows.map(({ id, name, conditions, placements }) => ({
    nodeId: id,
    nodeName: name,
    versions: placements.length,
    reachable: isServing(conditions as unknown as Condition[]),
  }));
}

/** Everything about a tenant that is worth keeping once it is gone; weights are not. */
export async function readTenantDocument(tx: Tx, tenantId: string) {
  const where = { tenantId };
  const tenant = await tx.client.tenant.findUnique({ where: { id: tenantId } });
  const adapters = await tx.client.adapter.findMany({
    where,
    orderBy: { id: "asc" },
    include: { pool: { select: { slug: true, baseModel: true } } },
  });
  const versions = await tx.client.adapterVersion.findMany({
    where,
    orderBy: { id: "asc" },
    omit: { moduleNorms: true },
    include: { files: { select: { path: true, sizeBytes: true, sha256: true } } },
  });
  const suites = await tx.client.evalSuite.findMany({ where, orderBy: { id: "asc" } });
  const verdicts = await tx.client.verdict.findMany({ where, orderBy: { id: "asc" } });
  const runs = await tx.client.evalRun.findMany({ where, orderBy: { id: "asc" } });
  const cutovers = await tx.client.cutover.findMany({ where, orderBy: { id: "asc" } });
  return { tenant, adapters, versions, suites, runs, verdicts, cutovers };
}

/** When a tenant was archived, from its trail; null = it is not. */
export async function archivedAt(tx: Tx, tenantId: string): Promise<string | null> {
  const row = await tx.client.auditEntry.findFirst({
    where: { tenantId, action: "tenant.archive" },
    orderBy: { seq: "desc" },
    select: { at: true },
  });
  return row?.at.toISOString() ?? null;
}
