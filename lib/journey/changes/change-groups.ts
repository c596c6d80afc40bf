import type { AnnotationKind } from "#lib/telemetry/schema.ts";
import type { ChangeGroup } from "../browser/changes-schema.ts";

/** The audit trail's objects by the group in which people look for them; what a newer release adds is the catalog's. */
export const OBJECTS: Record<ChangeGroup, readonly string[]> = {
  fleet: ["node", "pool", "placement", "rollout"],
  release: ["cutover", "run", "mark"],
  control: ["control", "alert", "incident"],
  catalog: ["tenant", "adapter", "version", "import", "source", "suite", "job", "endpoint"],
  access: ["key", "user"],
  settings: ["settings", "channel"],
};

export const groupOfObject = (objectType: string): ChangeGroup => {
  for (const group of Object.keys(OBJECTS) as ChangeGroup[]) if (OBJECTS[group].includes(objectType)) return group;
  return "catalog";
};

export function groupOfMark(kind: AnnotationKind): ChangeGroup {
  switch (kind) {
    case "cutover":
    case "rollback":
    case "origin":
      return "release";
    case "control":
      return "control";
    default:
      return "fleet";
  }
}
