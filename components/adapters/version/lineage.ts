import type { Version } from "#lib/registry/schema.ts";

/** What stands before and after a version in its lineage; deleted ones are passed over. */
export function neighboursOf(
  lineage: readonly Version[],
  number: number,
): { previous: Version | null; next: Version | null } {
  const kept = lineage.filter(({ state }) => state !== "deleted").sort((a, b) => a.number - b.number);
  return {
    previous: kept.findLast((version) => version.number < number) ?? null,
    next: kept.find((version) => version.number > number) ?? null,
  };
}

/**
 * What a version is compared with when nobody chose: the live one, else the one before it. Null where it is alone.
 */
export function comparedWith(lineage: readonly Version[], version: Pick<Version, "id" | "number">): Version | null {
  const live = lineage.find(({ id, aliases }) => id !== version.id && aliases.includes("live"));
  const { previous, next } = neighboursOf(lineage, version.number);
  return live ?? previous ?? next;
}

/** Address of a comparison, the older one on the left. */
export function compareHref(adapterId: string, one: Version, other: Version): string {
  const [a, b] = one.number < other.number ? [one, other] : [other, one];
  return `/adapters/${adapterId}/compare?a=${a.id}&b=${b.id}`;
}
