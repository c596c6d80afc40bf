import type { Annotation, AnnotationKind } from "#lib/metrics/schema.ts";

/** What is rare comes first: what went back, is wrong or was changed for all, before one tenant's cutover and what nodes did. */
const WEIGHT: readonly AnnotationKind[] = [
  "rollback",
  "alert",
  "settings",
  "control",
  "cutover",
  "gate",
  "unreachable",
  "engine",
  "restart",
  "drift",
];

const rank = ({ kind }: Annotation): number => {
  const index = WEIGHT.indexOf(kind);
  return index === -1 ? WEIGHT.length : index;
};

/** Of many events as many as there is room for, oldest first: the most relevant ones. */
export function mostRelevant(events: readonly Annotation[], room: number): readonly Annotation[] {
  if (events.length <= room) return events;
  const kept = new Set([...events].sort((a, b) => rank(a) - rank(b)).slice(0, room));
  return events.filter((event) => kept.has(event));
}
