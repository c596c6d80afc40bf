import type { AuditedObject } from "#lib/identity/audit.ts";
import type { MarkSource } from "#lib/metrics/marks/events.ts";
import type { AnnotationKind } from "#lib/metrics/schema.ts";
import type { ChangeGroup } from "../browser/changes-schema.ts";

/** The group in which people look for what was done to an object. A new kind of object does not compile without one. */
const GROUP_OF: Record<AuditedObject, ChangeGroup> = {
  node: "fleet",
  placement: "fleet",
  pool: "fleet",
  rollout: "fleet",
  approval: "release",
  batch: "release",
  cutover: "release",
  run: "release",
  control: "control",
  alert: "alert",
  incident: "alert",
  adapter: "catalog",
  endpoint: "catalog",
  import: "catalog",
  job: "catalog",
  recorded_case: "catalog",
  recording: "catalog",
  source: "catalog",
  suite: "catalog",
  template: "catalog",
  tenant: "catalog",
  tools: "catalog",
  version: "catalog",
  key: "access",
  user: "access",
  channel: "settings",
  view: "settings",
  dead_man_switch: "settings",
  objective: "settings",
  settings: "settings",
};

/** Where what a newer release audits is looked for. */
const REST: ChangeGroup = "catalog";

export const groupOfObject = (objectType: string): ChangeGroup =>
  objectType in GROUP_OF ? GROUP_OF[objectType as AuditedObject] : REST;

/** The objects of a group, or, for the one that also takes what nobody knows, all but those of the others. */
export type ObjectTypes = { are: readonly string[] } | { areNot: readonly string[] };

export function objectsOf(group: ChangeGroup): ObjectTypes {
  const types = Object.keys(GROUP_OF) as AuditedObject[];
  return group === REST
    ? { areNot: types.filter((type) => GROUP_OF[type] !== REST) }
    : { are: types.filter((type) => GROUP_OF[type] === group) };
}

/** The marks of a group; without one the audit trail tells of it, with who did it. */
export const SOURCES_OF: Record<ChangeGroup, readonly MarkSource[]> = {
  fleet: ["fleet"],
  release: ["recorded"],
  control: ["control"],
  alert: ["alert"],
  catalog: [],
  access: [],
  settings: [],
};

export function groupOfMark(kind: AnnotationKind): ChangeGroup {
  switch (kind) {
    case "cutover":
    case "rollback":
    case "origin":
    case "gate":
      return "release";
    case "control":
    case "alert":
    case "settings":
      return kind;
    default:
      return "fleet";
  }
}
