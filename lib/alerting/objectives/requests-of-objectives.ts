import { groupBy } from "#lib/platform/browser/group-by.ts";
import type { UsageSum } from "#lib/requests/usage/usage-sums-store.ts";

export type ObjectiveScope = { tenantId: string | null; poolId: string | null };

/**
 * Finds the sums that an objective is about: those of its tenant, or of the adapters of its pool, whatever answered. They are
 * sorted once, as a thousand tenants have several objectives each.
 * @param sums by tenant and adapter
 * @param poolOf the pool of an adapter
 */
export function sumsByObjective(
  sums: readonly UsageSum[],
  poolOf: ReadonlyMap<string, string>,
): (objective: ObjectiveScope) => readonly UsageSum[] {
  const ofTenant = groupBy(sums, ({ keys: [tenant = ""] }) => tenant);
  const ofPool = groupBy(sums, ({ keys: [, adapter = ""] }) => poolOf.get(adapter) ?? null);
  return ({ tenantId, poolId }) =>
    (tenantId !== null ? ofTenant.get(tenantId) : poolId !== null ? ofPool.get(poolId) : undefined) ?? [];
}
