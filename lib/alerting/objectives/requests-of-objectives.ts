import type { UsageSum } from "#lib/requests/usage/usage-sums-store.ts";

export type ObjectiveScope = { tenantId: string | null; poolId: string | null };

/**
 * Which sums each objective is about: those of its tenant, or of the adapters of its pool, whatever answered.
 * @param sums by tenant and adapter
 * @param poolOf the pool of an adapter
 */
export function sumsOfObjective(
  { tenantId, poolId }: ObjectiveScope,
  sums: readonly UsageSum[],
  poolOf: ReadonlyMap<string, string>,
): UsageSum[] {
  return sums.filter(({ keys: [tenant = "", adapter = ""] }) =>
    tenantId !== null ? tenant === tenantId : poolId !== null && poolOf.get(adapter) === poolId,
  );
}
