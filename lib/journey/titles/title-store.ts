import type { Tx } from "#lib/platform/db.ts";
import { tenantWhere } from "#lib/platform/scope.ts";

/** Tells two objects apart that are otherwise called the same: the end of an id is random. */
const shortId = (id: string): string => id.slice(-6);

type Owner = { slug: string; tenant: { name: string } };
const OWNER = { select: { slug: true, tenant: { select: { name: true } } } } as const;
const versionName = ({ slug, tenant }: Owner, number: number): string => `${tenant.name} · ${slug} v${number}`;

/** What a page calls the object that a parameter of its path names; null = there is none in this scope. */
type ReadName = (tx: Tx, id: string) => Promise<string | null>;

const versionById: ReadName = async ({ client, scope }, id) => {
  const found = await client.adapterVersion.findFirst({
    where: { AND: [{ id }, tenantWhere(scope)] },
    select: { number: true, adapter: OWNER },
  });
  return found && versionName(found.adapter, found.number);
};

const cutoverById: ReadName = async (tx, id) => {
  const found = await tx.client.cutover.findFirst({
    where: { AND: [{ id }, tenantWhere(tx.scope)] },
    select: { toVersionId: true },
  });
  return found && `${(await versionById(tx, found.toVersionId)) ?? "Version"} · Cutover ${shortId(id)}`;
};

const OF_CUSTOMERS: Record<string, ReadName> = {
  tenantId: async ({ client, scope }, id) =>
    (
      await client.tenant.findFirst({
        where: { id: scope.kind === "tenant" && scope.tenantId !== id ? "" : id },
        select: { name: true },
      })
    )?.name ?? null,
  adapterId: async ({ client, scope }, id) => {
    const found = await client.adapter.findFirst({ where: { AND: [{ id }, tenantWhere(scope)] }, ...OWNER });
    return found && `${found.tenant.name} · ${found.slug}`;
  },
  versionId: versionById,
  runId: async (tx, id) => {
    const found = await tx.client.evalRun.findFirst({
      where: { AND: [{ id }, tenantWhere(tx.scope)] },
      select: { candidateVersionId: true, gates: true },
    });
    if (found === null) return null;
    const version = (await versionById(tx, found.candidateVersionId)) ?? "Version";
    return `${version} · ${found.gates ? "Gate" : "Comparison"} ${shortId(id)}`;
  },
  cutoverId: cutoverById,
  approvalId: async (tx, id) => {
    const found = await tx.client.approval.findFirst({
      where: { AND: [{ id }, tenantWhere(tx.scope)] },
      select: { cutoverId: true },
    });
    const cutover = found && (await cutoverById(tx, found.cutoverId));
    return cutover && `${cutover.replace(/ · Cutover \w+$/, "")} · Approval ${shortId(id)}`;
  },
  suiteId: async ({ client, scope }, id) => {
    const found = await client.evalSuite.findFirst({
      where: { AND: [{ id }, tenantWhere(scope)] },
      select: { name: true, revision: true, tenant: { select: { name: true } } },
    });
    return found && `${found.tenant.name} · ${found.name}, revision ${found.revision}`;
  },
};

const OF_THE_FLEET: Record<string, ReadName> = {
  nodeId: async ({ client }, id) =>
    (await client.node.findUnique({ where: { id }, select: { name: true } }))?.name ?? null,
  poolId: async ({ client }, id) =>
    (await client.pool.findUnique({ where: { id }, select: { name: true } }))?.name ?? null,
  rolloutId: async ({ client }, id) => {
    const found = await client.rollout.findUnique({ where: { id }, select: { poolId: true } });
    const pool = found && (await client.pool.findUnique({ where: { id: found.poolId }, select: { name: true } }));
    return pool && `${pool.name} · Rollout ${shortId(id)}`;
  },
  batchId: async ({ client }, id) =>
    (await client.cutoverBatch.findUnique({ where: { id }, select: { id: true } })) &&
    `Batch of cutovers ${shortId(id)}`,
  jobId: async ({ client }, id) => {
    const found = await client.job.findUnique({ where: { id }, select: { title: true } });
    return found && `${found.title} · Job ${shortId(id)}`;
  },
  importId: async ({ client }, id) => {
    const found = await client.import.findUnique({ where: { id }, select: { name: true } });
    return found && `${found.name} · Import ${shortId(id)}`;
  },
  alertId: async ({ client }, id) => {
    const found = await client.alert.findUnique({ where: { id }, select: { subjectName: true } });
    return found && `${found.subjectName} · Alert ${shortId(id)}`;
  },
  incidentId: async ({ client }, id) => {
    const found = await client.incident.findUnique({ where: { id }, select: { title: true } });
    return found && `${found.title} · Incident ${shortId(id)}`;
  },
};

/** The name of what a parameter of a page's path names, in the reader's scope; null = it is not there for them. */
export async function readPageName(tx: Tx, param: string, id: string): Promise<string | null> {
  if (param === "requestId") return `Request ${shortId(id)}`;
  const read = OF_CUSTOMERS[param] ?? (tx.scope.kind === "platform" ? OF_THE_FLEET[param] : undefined);
  return read ? read(tx, id) : null;
}
