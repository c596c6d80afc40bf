import type { Tx } from "#lib/platform/db.ts";
import type { MemoryNode } from "#lib/pools/memory.ts";

/** The nodes of a pool that serve customers, cordoned ones too: their slots are taken all the same. */
export async function servingNodes(tx: Tx, poolId: string): Promise<MemoryNode[]> {
  const rows = await tx.client.node.findMany({
    where: { poolId, standalone: false },
    select: { gpu: true, pricePerHour: true, simulated: true },
  });
  return rows.map(({ pricePerHour, ...node }) => ({
    ...node,
    pricePerHour: pricePerHour === null ? null : Number(pricePerHour),
  }));
}
