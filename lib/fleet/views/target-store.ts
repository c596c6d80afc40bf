import type { Tx } from "#lib/platform/db.ts";
import type { TargetNode } from "./scrape-targets.ts";

/** Every node of the fleet, standalone ones too: each is worth watching. */
export async function listTargetNodes(tx: Tx): Promise<TargetNode[]> {
  const rows = await tx.client.node.findMany({
    orderBy: { name: "asc" },
    select: { id: true, name: true, baseUrl: true, gpu: true, simulated: true, pool: { select: { slug: true } } },
  });
  return rows.map(({ pool, ...node }) => ({ ...node, pool: pool.slug }));
}
