import { describe, expect, it } from "vitest";
import type { Actor } from "#lib/identity/actor.ts";
import type { Role } from "#lib/identity/policy.ts";
import { platformScope, type Scope } from "#lib/platform/scope.ts";
import { type JourneyFacts, nextStep } from "./next-step.ts";
import type { Reader } from "./whose-move.ts";

type Candidate = NonNullable<JourneyFacts["candidate"]>;
const TENANT: Scope = { kind: "tenant", tenantId: "ten_1" };
const person = { kind: "user", userId: "usr_1", sessionId: "ses_1", email: "a@b.example", name: "A" } as const;
const staff = (staffRole: Extract<Actor, { kind: "user" }>["staffRole"]): Reader => ({
  actor: { ...person, staffRole, memberships: [] },
  scope: platformScope,
});
const customer = (role: "tenant_admin" | "tenant_viewer"): Reader => ({
  actor: { ...person, staffRole: null, memberships: [{ tenantId: "ten_1", role }] },
  scope: TENANT,
});
const READERS: Record<Role, Reader> = {
  platform_admin: staff("platform_admin"),
  operator: staff("operator"),
  auditor: staff("auditor"),
  tenant_admin: customer("tenant_admin"),
  tenant_viewer: customer("tenant_viewer"),
};
const ROLES = Object.keys(READERS) as Role[];

const candidate = (change: Partial<Candidate>): Candidate => ({
  id: "ver_2",
  number: 2,
  state: "ready",
  placements: { desired: 2, routable: 2, failed: 0 },
  run: null,
  verdict: null,
  rollback: null,
  expired: [],
  release: null,
  ...change,
});
const base: JourneyFacts = {
  tenantId: "ten_1",
  status: "active",
  adapter: { id: "adp_1", name: "Support" },
  live: { versionId: "ver_1", number: 1, quarantined: null },
  candidate: null,
  cutover: null,
  origin: null,
};
const ROLLBACK = {
  at: "2026-11-24T12:00:00.000Z",
  by: "ada@provider.example",
  reason: "node-2 timed out",
  cutoverId: "c",
};
const approval = (decider: "platform" | "customer", approverRole: "platform_admin" | "operator" | "tenant_admin") => ({
  ...{ ...base, candidate: candidate({ verdict: "pass" }) },
  cutover: { id: "cut_1", phase: "warming", awaits: { approvalId: "apv_1", decider, approverRole } },
});

/** Each place a tenant can be in, and by role whose move it is. */
const CASES: readonly [string, JourneyFacts, Record<Role, string>][] = [
  ["no adapter yet", { ...base, adapter: null, live: null }, byAdmin()],
  ["a rejected version", { ...base, candidate: candidate({ state: "rejected" }) }, byAdmin()],
  ["on no node", { ...base, candidate: candidate({ placements: { desired: 0, routable: 0, failed: 0 } }) }, byAdmin()],
  ["no gate yet", { ...base, candidate: candidate({}) }, byAdmin()],
  ["a failed gate", { ...base, candidate: candidate({ verdict: "fail" }) }, byAdmin()],
  ["a passed gate", { ...base, candidate: candidate({ verdict: "pass" }) }, byAdmin()],
  ["rolled back", { ...base, candidate: candidate({ rollback: ROLLBACK }) }, byAdmin()],
  ["suspended", { ...base, status: "suspended" }, byAdmin()],
  ["checks running", { ...base, candidate: candidate({ state: "checking" }) }, all("switchyard", "provider")],
  ["live", base, all("nobody", "nobody")],
  ["an operator's approval", approval("platform", "operator"), { ...byAdmin(), operator: "you" }],
  ["a platform admin's approval", approval("platform", "platform_admin"), byAdmin()],
  [
    "the customer's approval",
    approval("customer", "tenant_admin"),
    { ...all("customer", "admin"), tenant_admin: "you" },
  ],
];

function all(forStaff: string, forCustomers: string): Record<Role, string> {
  const [platform_admin, operator, auditor] = [forStaff, forStaff, forStaff];
  return { platform_admin, operator, auditor, tenant_admin: forCustomers, tenant_viewer: forCustomers };
}
function byAdmin(): Record<Role, string> {
  return { ...all("admin", "provider"), platform_admin: "you" };
}

describe("whose move it is", () => {
  it.each(CASES)("%s", (_name, facts, expected) => {
    const seen = Object.fromEntries(ROLES.map((role) => [role, nextStep(facts, READERS[role]).whoseMove]));
    expect(seen).toEqual(expected);
  });

  it("never leads a customer into the console, and names neither nodes nor the provider's people", () => {
    for (const [, facts] of CASES) {
      for (const role of ["tenant_admin", "tenant_viewer"] as const) {
        const { action, sentence } = nextStep(facts, READERS[role]);
        expect(action?.href ?? "/portal").toMatch(/^\/portal/);
        expect(sentence).not.toMatch(/node|gate|@|\bour approval/i);
      }
    }
  });

  it("leads a customer's admin to the approval that waits for them, and a viewer nowhere", () => {
    const facts = approval("customer", "tenant_admin");
    expect(nextStep(facts, READERS.tenant_admin)).toMatchObject({
      sentence: "Version 2 waits for your approval to go live.",
      action: { kind: "decide_approval", label: "Open approval", href: "/portal/approvals/apv_1" },
    });
    expect(nextStep(facts, READERS.tenant_viewer).action).toBeNull();
  });
});
