import { describe, expect, it } from "vitest";
import { platformScope, tenantScope } from "#lib/platform/scope.ts";
import type { Actor } from "./actor.ts";
import { ACTIONS, type Action, roleCan } from "./policy.ts";
import type { StaffRole, TenantRole } from "./schema.ts";

const staff = (staffRole: StaffRole): Actor => ({
  kind: "user",
  userId: "usr_1",
  sessionId: "ses_1",
  email: "a@example.com",
  name: "A",
  staffRole,
  memberships: [],
});
const member = (role: TenantRole, tenantId = "ten_1"): Actor => ({
  kind: "user",
  userId: "usr_2",
  sessionId: "ses_2",
  email: "b@example.com",
  name: "B",
  staffRole: null,
  memberships: [{ tenantId, role }],
});
const key = (scopes: string[], tenantId: string | null): Actor => ({
  kind: "key",
  keyId: "key_1",
  name: "k",
  tenantId,
  scopes,
});
const allowed = (actor: Actor, scope = platformScope): Action[] =>
  ACTIONS.filter((action) => roleCan(actor, action, scope));

describe("roleCan", () => {
  it("lets a platform admin do everything, but act as a node, or allow what is the customer's to allow", () => {
    const others: Action[] = ["artifact.fetch", "recording.allow"];
    expect(allowed(staff("platform_admin"))).toEqual(ACTIONS.filter((action) => !others.includes(action)));
  });

  it("lets a node's key fetch artifacts and nothing else, whatever scopes stand in its row", () => {
    const nodeKey = (scopes: string[]): Actor => ({ ...key(scopes, null), nodeId: "node_1" }) as Actor;
    expect(allowed(nodeKey(["artifacts:read"]))).toEqual(["artifact.fetch"]);
    expect(allowed(nodeKey(["artifacts:read", "platform:admin"]))).toEqual(["artifact.fetch"]);
    expect(allowed(nodeKey(["platform:admin"]))).toEqual([]);
    expect(allowed(key(["artifacts:read"], null))).toEqual([]);
  });

  it("lets on-call read, roll back, cordon and drain, but not onboard or cut over", () => {
    expect(allowed(staff("operator"))).toEqual([
      "fleet.read",
      "fleet.operate",
      "tenant.read",
      "cutover.rollback",
      "approval.decide",
      "recording.end",
      "key.read",
      "access.read",
      "request.try",
      "metrics.read",
    ]);
  });

  it("lets an auditor read everything, the trail included, and change nothing", () => {
    expect(allowed(staff("auditor"))).toEqual([
      "fleet.read",
      "tenant.read",
      "key.read",
      "access.read",
      "audit.read",
      "metrics.read",
    ]);
  });

  it("lets a monitoring system's key read metrics and nothing else, and a tenant's never", () => {
    expect(allowed(key(["metrics:read"], null))).toEqual(["metrics.read"]);
    expect(allowed(key(["metrics:read"], "ten_1"))).toEqual([]);
    expect(allowed(key(["metrics:read"], "ten_1"), tenantScope("ten_1"))).toEqual([]);
  });

  it("keeps a customer to its own tenant", () => {
    expect(allowed(member("tenant_admin"), tenantScope("ten_1"))).toEqual([
      "tenant.read",
      "approval.decide",
      "recording.allow",
      "recording.end",
      "key.read",
      "key.manage",
      "request.try",
    ]);
    expect(allowed(member("tenant_viewer"), tenantScope("ten_1"))).toEqual(["tenant.read"]);
    expect(allowed(member("tenant_admin"), tenantScope("ten_2"))).toEqual([]);
    expect(allowed(member("tenant_admin"), platformScope)).toEqual([]);
  });

  it("never lets a tenant's key out of its tenant, whatever scopes it claims", () => {
    expect(allowed(key(["platform:admin"], "ten_1"))).toEqual([]);
    expect(allowed(key(["tenant:read"], "ten_1"), tenantScope("ten_2"))).toEqual([]);
    expect(allowed(key(["inference"], "ten_1"), tenantScope("ten_1"))).toEqual([]);
    expect(allowed(key(["platform:read"], null))).toEqual(allowed(staff("auditor")));
  });
});
