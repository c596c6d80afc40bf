import type { Tx } from "#lib/platform/db.ts";

/** Where versions are wanted, and what nodes were seen to have of them. */
export async function readVersionPlaces(tx: Tx, versionIds: readonly string[]) {
  const where = { versionId: { in: [...versionIds] } };
  return {
    placements: await tx.client.placement.findMany({
      where: { ...where, desire: "present" },
      select: { versionId: true, nodeId: true },
    }),
    registrations: await tx.client.registration.findMany({
      where,
      select: { versionId: true, nodeId: true, epoch: true, state: true },
    }),
  };
}
