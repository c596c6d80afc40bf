import type { StatusValue } from "#components/ui/status-words.ts";
import type { Incident } from "#lib/incidents/browser/incident-schema.ts";

export const SEVERITY_OPTIONS = [
  { value: "critical", label: "Critical" },
  { value: "major", label: "Major" },
  { value: "minor", label: "Minor" },
] as const;

export const STATUS_OPTIONS = [
  { value: "investigating", label: "Investigating" },
  { value: "identified", label: "Identified" },
  { value: "monitoring", label: "Monitoring" },
  { value: "resolved", label: "Resolved" },
] as const satisfies readonly { value: StatusValue<"incident_update">; label: string }[];

/** Whom it is about, in a few words. */
export function scopeWords({ tenants, pool }: Pick<Incident, "tenants" | "pool">): string {
  const [first] = tenants;
  if (first) return tenants.length === 1 ? first.name : `${tenants.length} tenants`;
  return pool === null ? "Whole fleet" : `Pool ${pool.name}`;
}

/** A moment as a `datetime-local` field takes it, in UTC to the second. */
export const fieldOfMoment = (iso: string): string => iso.slice(0, 19);
/** The moment that such a field holds; seconds may be left out. */
export const momentOfField = (field: string): string => (field.length === 16 ? `${field}:00Z` : `${field}Z`);
