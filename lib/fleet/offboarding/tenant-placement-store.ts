import type { Condition } from "#lib/http/schema.ts";
import type { Tx } from "#lib/platform/db.ts";
import { isServing } from "../conditions.ts";

export type TenantPlacement = {
  versionId: string;
  loraName: string;
  version: string;
  nodeId: string;
  nodeName: string;
  epoch: number;
  /** The node answers. */
  isReachable: boolean;
  unloadedAt: Date | null;
};

/** Where a tenant's versions are, may be, or may still be read. */
export async function placementsOfTenant(tx: Tx, tenantId: string): Promise<TenantPlacement[]> {
  const rows = await tx.client.placement.findMany({
    where: { tenantId },
    orderBy: { id: "asc" },
    select: {
      versionId: true,
      nodeId: true,
      unloadedAt: true,
      node: { select: { name: true, epoch: true, conditions: true } },
      version: { select: { number: true, loraName: true, adapter: { select: { slug: true } } } },
    },
  });
  return rows.map(({ node, version, ...row }) => ({
    ...row,
    loraName: version.loraName ?? "",
    version: `${version.adapter.slug} v${version.number}`,
    nodeName: node.name,
    epoch: node.epoch,
    isReachable: isServing(node.conditions as unknown as Condition[]),
  }));
}

/** Names of a tenant's versions that a node lists, whoever loaded them. */
export async function listedNamesOfTenant(tx: Tx, tenantId: string) {
  const versions = await tx.client.adapterVersion.findMany({
    where: { tenantId, loraName: { not: null } },
    select: { loraName: true },
  });
  const rows = await tx.client.registration.findMany({
    where: { loraName: { in: versions.flatMap(({ loraName }) => loraName ?? []) } },
    select: { loraName: true, nodeId: true, node: { select: { name: true } } },
  });
  return rows.map(({ node, ...row }) => ({ ...row, nodeName: node.name }));
}

/** Whether anybody still holds, or wants, a tenant's version anywhere. */
export async function isAnythingHeld(tx: Tx, tenantId: string): Promise<boolean> {
  const isSet = { not: null };
  const holds = await tx.client.hold.count({ where: { tenantId } });
  const wanted = await tx.client.placement.count({ where: { tenantId, desire: "present" } });
  const routes = await tx.client.route.count({
    where: {
      tenantId,
      OR: [
        { liveVersionId: isSet },
        { previousVersionId: isSet },
        { candidateVersionId: isSet },
        { mirrorVersionId: isSet },
      ],
    },
  });
  return holds + wanted + routes > 0;
}

export const dropHoldsOfVersion = (tx: Tx, versionId: string) =>
  tx.client.hold.deleteMany({ where: { placement: { versionId } } });
