import type { NamedVersion } from "./residency/residency-store.ts";

/** Whose adapter a node names; all null for a name that nobody here gave. */
export function namedAdapter(loraName: string, versions: readonly NamedVersion[]) {
  const version = versions.find((one) => one.loraName === loraName);
  return {
    loraName,
    tenantId: version?.tenantId ?? null,
    tenantSlug: version?.tenantSlug ?? null,
    adapterSlug: version?.adapterSlug ?? null,
    versionNumber: version?.versionNumber ?? null,
  };
}
