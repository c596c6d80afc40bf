import type { Scope } from "#lib/platform/scope.ts";
import type { Actor } from "./actor.ts";
import { NODE_KEY_SCOPE, type StaffRole, type TenantRole } from "./schema.ts";

/** Everything the API lets anyone do. A route names one; a new action must be decided for every role to compile. */
export const ACTIONS = [
  "fleet.read",
  "fleet.write",
  "fleet.operate",
  "tenant.read",
  "tenant.write",
  "version.write",
  "placement.write",
  "eval.run",
  "cutover.start",
  "cutover.override",
  "cutover.rollback",
  "approval.decide",
  "recording.allow",
  "recording.end",
  "key.read",
  "key.manage",
  "access.read",
  "access.manage",
  "audit.read",
  "settings.write",
  "request.try",
  "artifact.fetch",
  "metrics.read",
] as const;
export type Action = (typeof ACTIONS)[number];
export type Role = StaffRole | TenantRole;

const READ_FLEET = ["fleet.read", "tenant.read", "key.read", "access.read", "metrics.read"] as const;

const ALLOWED: Record<Role, ReadonlySet<Action>> = {
  // artifacts are for the nodes they are placed on, by a key of the node's own; what customers ask is theirs to give
  platform_admin: new Set(ACTIONS.filter((action) => action !== "artifact.fetch" && action !== "recording.allow")),
  operator: new Set<Action>([
    ...READ_FLEET,
    "fleet.operate",
    "cutover.rollback",
    "approval.decide",
    "recording.end",
    "request.try",
  ]),
  auditor: new Set<Action>([...READ_FLEET, "audit.read"]),
  tenant_admin: new Set<Action>([
    "tenant.read",
    "approval.decide",
    "recording.allow",
    "recording.end",
    "key.read",
    "key.manage",
    "request.try",
  ]),
  tenant_viewer: new Set<Action>(["tenant.read"]),
};

/** The role a key's scopes amount to, or null for keys that only do inference or metrics. */
const roleOfKey = (scopes: readonly string[]): Role | null => {
  if (scopes.includes("platform:admin")) return "platform_admin";
  if (scopes.includes("platform:operate")) return "operator";
  if (scopes.includes("platform:read")) return "auditor";
  if (scopes.includes("tenant:admin")) return "tenant_admin";
  if (scopes.includes("tenant:read")) return "tenant_viewer";
  return null;
};

const isTenantRole = (role: Role): role is TenantRole => role === "tenant_admin" || role === "tenant_viewer";

/** A key that belongs to a node, whatever else stands in its row. */
export const isNodeKey = (actor: Actor): actor is Actor & { kind: "key"; nodeId: string } =>
  actor.kind === "key" && actor.nodeId !== undefined && actor.nodeId !== null;

/** A key of the platform for a monitoring system, which has no role. */
const isMetricsKey = (actor: Actor): boolean =>
  actor.kind === "key" && actor.tenantId === null && actor.scopes.includes("metrics:read");

/** The role an actor has in a scope; null = none. Staff have theirs everywhere, customers only inside their tenant. */
export function roleIn(actor: Actor, scope: Scope): Role | null {
  switch (actor.kind) {
    case "system":
      return "platform_admin";
    case "key": {
      if (isNodeKey(actor)) return null;
      const role = roleOfKey(actor.scopes);
      if (role === null) return null;
      if (!isTenantRole(role)) return actor.tenantId === null ? role : null;
      return scope.kind === "tenant" && scope.tenantId === actor.tenantId ? role : null;
    }
    case "user": {
      if (actor.staffRole) return actor.staffRole;
      if (scope.kind !== "tenant") return null;
      return actor.memberships.find((membership) => membership.tenantId === scope.tenantId)?.role ?? null;
    }
  }
}

/** The one answer to "may they?", for the API, the screens and the worker alike. */
export function roleCan(actor: Actor, action: Action, scope: Scope): boolean {
  if (isNodeKey(actor)) return action === "artifact.fetch" && actor.scopes.includes(NODE_KEY_SCOPE);
  if (action === "metrics.read" && isMetricsKey(actor)) return true;
  const role = roleIn(actor, scope);
  return role !== null && ALLOWED[role].has(action);
}

/** The same for a role alone, so that a screen can show an action disabled with the reason. */
export const roleAllows = (role: Role, action: Action): boolean => ALLOWED[role].has(action);
