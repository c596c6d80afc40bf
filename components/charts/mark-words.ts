import { EVENT_WORDS } from "#components/ui/event-words.ts";
import type { Annotation, AnnotationKind } from "#lib/metrics/schema.ts";

/** What a mark tells of, in the words of every time line. */
export const MARK_WORDS: Record<AnnotationKind, string> = {
  ...EVENT_WORDS,
  cutover: "Cutover",
  rollback: "Rollback",
  origin: "Origin",
  gate: "Gate",
  control: "Manual override",
  alert: "Alert",
  settings: "Settings",
};

const PATHS: Record<string, string> = {
  alert: "/alerts",
  cutover: "/cutovers",
  node: "/nodes",
  pool: "/pools",
  run: "/evals/runs",
};

/** Where the object of a mark can be opened, if it has a page. */
export function markHref({ ref }: Pick<Annotation, "ref">): string | undefined {
  if (ref?.type === "settings") return "/settings";
  const path = ref ? PATHS[ref.type] : undefined;
  return path && ref ? `${path}/${ref.id}` : undefined;
}
