import type { LoadEventKind } from "#lib/fleet/schema.ts";

/** What happened on a node, in the words of every time line. */
export const EVENT_WORDS: Record<LoadEventKind, string> = {
  load: "Load",
  unload: "Unload",
  probe: "Load probe",
  restart: "Restart",
  engine: "Engine version",
  restore: "Restored",
  drift: "Node drift",
  cordon: "Cordon",
  uncordon: "Uncordon",
  unreachable: "Unreachable",
  reachable: "Reachable",
  drain: "Drain",
  rollout: "Settings rollout",
  inspect: "Inspection",
};
