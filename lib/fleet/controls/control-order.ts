import { type AppError, invalidField } from "#lib/platform/errors.ts";
import type { ControlKind } from "../browser/control-kinds.ts";

/** A control that is, or would be, set on something. */
export type ControlOrder =
  | { type: "tenant"; kind: TenantControlKind; tenantId: string }
  | { type: "node"; kind: NodeControlKind; nodeId: string }
  | { type: "everything"; kind: "freeze" };
export type TenantControlKind = "serve_previous" | "serve_fallback" | "shed";
export type NodeControlKind = "cordon" | "drain";

type Named = { tenantId?: string | undefined; nodeId?: string | undefined };

/** @throws AppError `invalid` naming tenantId or nodeId: the kind needs the one that is missing, or not the one given */
export function controlOrder(kind: ControlKind, { tenantId, nodeId }: Named): ControlOrder {
  switch (kind) {
    case "serve_previous":
    case "serve_fallback":
    case "shed":
      if (nodeId !== undefined) throw notWanted("nodeId", kind, "a tenant");
      if (tenantId === undefined) throw missing("tenantId", kind, "tenant");
      return { type: "tenant", kind, tenantId };
    case "cordon":
    case "drain":
      if (tenantId !== undefined) throw notWanted("tenantId", kind, "a node");
      if (nodeId === undefined) throw missing("nodeId", kind, "node");
      return { type: "node", kind, nodeId };
    case "freeze":
      if (tenantId !== undefined) throw notWanted("tenantId", kind, "everything at once");
      if (nodeId !== undefined) throw notWanted("nodeId", kind, "everything at once");
      return { type: "everything", kind };
  }
}

const missing = (field: string, kind: ControlKind, what: string): AppError =>
  invalidField(field, "required", `${kind} is set on a ${what}.`, `Give the id of the ${what}.`);

const notWanted = (field: string, kind: ControlKind, what: string): AppError =>
  invalidField(field, "not_wanted", `${kind} is set on ${what}.`, `Leave ${field} out.`);
