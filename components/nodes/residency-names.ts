import type { NodeResidency } from "#lib/metrics/schema.ts";

type Item = NodeResidency["items"][number];

/** A resident adapter by its tenant, adapter and number; one that is not ours by the name the node has for it. */
export const residentName = ({ tenantSlug, adapterSlug, versionNumber, loraName, loaded }: Item): string => {
  const name = tenantSlug && adapterSlug ? `${tenantSlug} / ${adapterSlug} v${versionNumber ?? "?"}` : loraName;
  return loaded ? name : `${name}, unloaded but still in memory`;
};

/** Names of those that lie in one of these tiers, the nearest tier first. */
export const namesIn = (items: readonly Item[], tiers: readonly Item["tier"][]): string[] =>
  items.filter(({ tier }) => tiers.includes(tier)).map(residentName);

/** What one place of a tier holds, in words. @param used null = nobody could see it */
export const placeWord = (index: number, used: number | null, names: readonly string[]): string => {
  if (used === null) return "Unknown";
  return index < used ? (names[index] ?? "An adapter") : "Free";
};
