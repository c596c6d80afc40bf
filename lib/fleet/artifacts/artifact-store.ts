import type { Tx } from "#lib/platform/db.ts";

/**
 * Ids of versions that should be on a node and whose digest starts so. Equal bytes of two tenants are two of them; which
 * one is served makes no difference.
 */
export async function placedVersions(tx: Tx, nodeId: string, digestStart: string): Promise<string[]> {
  const rows = await tx.client.placement.findMany({
    where: {
      nodeId,
      desire: "present",
      version: { digest: { startsWith: digestStart }, state: { in: ["ready", "retired"] } },
    },
    orderBy: { versionId: "asc" },
    select: { versionId: true },
  });
  return rows.map(({ versionId }) => versionId);
}
