"use client";

import { useApiList } from "#components/ui/use-api.ts";
import type { Node } from "#lib/fleet/schema.ts";
import { tenantsServed } from "./node-facts.ts";
import { useMorePages } from "./use-more-pages.ts";

/**
 * What the consequences of a cordon or a drain are told from. It is read when asked for; a failure to read must not block
 * the action.
 */
export function useServiceFacts(node: Node, isWanted: boolean) {
  const placements = useApiList("GET /placements", { query: { nodeId: node.id, limit: 200 } }, { enabled: isWanted });
  const pool = useApiList("GET /nodes", { query: { poolId: node.poolId, limit: 200 } }, { enabled: isWanted });
  useMorePages(placements, isWanted);
  useMorePages(pool, isWanted);
  if (placements.problem !== null || pool.problem !== null) return "unknown";
  if (!placements.items || !pool.items || placements.hasMore || pool.hasMore) return "reading";
  return { node, poolNodes: pool.items, tenantCount: tenantsServed(placements.items) };
}
