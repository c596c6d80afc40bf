import type { FieldText } from "#components/ui/form/field-text.ts";
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

/** A moment in a `datetime-local` field, in UTC to the second; seconds may be left out, and nothing is no moment. */
export const MOMENT: FieldText<string> = {
  read: (text) => (text === "" ? "" : text.length === 16 ? `${text}:00Z` : `${text}Z`),
  write: (iso) => iso.slice(0, 19),
};
