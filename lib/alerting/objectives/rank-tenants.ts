/** One tenant's requests over a range, and the time in ms that 95 of 100 of them may take; null = nothing was promised. */
export type TenantOverRange = {
  tenantId: string;
  /** ms; null = no request was answered. */
  p95Ms: number | null;
  objectiveMs: number | null;
  fallbackShare: number | null;
};

/** p95 as a multiple of what was promised; null where either is missing. */
export const overObjective = ({ p95Ms, objectiveMs }: Pick<TenantOverRange, "p95Ms" | "objectiveMs">): number | null =>
  p95Ms === null || objectiveMs === null ? null : p95Ms / objectiveMs;

/**
 * The worst first: by how far the p95 is over what was promised; where as far, by how much a fallback answered. Who was
 * promised something and has no p95 follows, then those without a promise, by their p95. The order of equals is that of
 * their ids.
 */
export function rankTenants<Tenant extends TenantOverRange>(tenants: readonly Tenant[]): Tenant[] {
  const group = (tenant: Tenant) => (tenant.objectiveMs === null ? 2 : tenant.p95Ms === null ? 1 : 0);
  const largest = (one: number | null, other: number | null) => (other ?? -1) - (one ?? -1);
  return [...tenants].sort(
    (a, b) =>
      group(a) - group(b) ||
      largest(overObjective(a), overObjective(b)) ||
      (group(a) === 2 ? largest(a.p95Ms, b.p95Ms) : 0) ||
      largest(a.fallbackShare, b.fallbackShare) ||
      (a.tenantId < b.tenantId ? -1 : 1),
  );
}
