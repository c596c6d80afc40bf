import { ANNOTATION_KINDS, type Annotation, type AnnotationKind } from "../schema.ts";

/** What the fleet noted about a node, as a row. */
export type NodeEvent = {
  id: string;
  at: Date;
  kind: string;
  outcome: string;
  message: string;
  nodeId: string | null;
  nodeName: string | null;
  tenantId: string | null;
  versionId: string | null;
  loraName: string | null;
};

/** `<tenant>--<adapter>--v<N>-<digest12>`, as people say it: "support v3 of acme". */
export function loraLabel(loraName: string): string {
  const [, tenant, adapter, number] = /^(.+)--(.+)--v(\d+)-[0-9a-f]{12}$/.exec(loraName) ?? [];
  return tenant && adapter && number ? `${adapter} v${number} of ${tenant}` : loraName;
}

/**
 * A mark for the time line; null for what would only be noise there (a load probe that went well, a kind this release
 * does not know).
 */
export function nodeMark(event: NodeEvent): Annotation | null {
  const kind = ANNOTATION_KINDS.find((known) => known === event.kind);
  const outcome = event.outcome === "failed" ? "failed" : "ok";
  if (kind === undefined || (kind === "probe" && outcome === "ok")) return null;
  return {
    id: event.id,
    at: event.at.toISOString(),
    kind,
    title: titleOf(kind, outcome, event),
    outcome,
    tenantId: event.tenantId,
    nodeId: event.nodeId,
    ref: refOf(event),
  };
}

function refOf({ versionId, nodeId }: NodeEvent): Annotation["ref"] {
  if (versionId !== null) return { type: "version", id: versionId };
  return nodeId === null ? null : { type: "node", id: nodeId };
}

function titleOf(kind: AnnotationKind, outcome: "ok" | "failed", event: NodeEvent): string {
  const node = event.nodeName ?? "a node that is gone";
  const what = event.loraName ? loraLabel(event.loraName) : "an adapter";
  const failed = outcome === "failed";
  switch (kind) {
    case "load":
      return failed ? `Loading ${what} on ${node} failed` : `${what} loaded on ${node}`;
    case "unload":
      return failed ? `Unloading ${what} from ${node} failed` : `${what} unloaded from ${node}`;
    case "probe":
      return `Load probe of ${what} on ${node} failed`;
    case "restart":
      return `${node} restarted`;
    case "engine":
      return `${node} runs ${event.message}`;
    case "restore":
      return failed ? `Restoring ${node} failed` : `${node} restored`;
    case "drift":
      return `${node} drifted: ${event.message}`;
    case "cordon":
      return `${node} cordoned`;
    case "uncordon":
      return `${node} uncordoned`;
    case "unreachable":
      return `${node} unreachable`;
    case "reachable":
      return `${node} reachable again`;
    case "drain":
    case "rollout":
    case "inspect":
      return `${node}: ${event.message}`;
    case "cutover":
    case "rollback":
    case "gate":
    case "origin":
    case "control":
    case "alert":
    case "settings":
      return event.message;
  }
}
