import type { Actor } from "#lib/identity/actor.ts";
import { roleCan, roleIn } from "#lib/identity/policy.ts";
import type { Scope } from "#lib/platform/scope.ts";
import type { ApproverRole } from "../browser/approval-schema.ts";
import type { Decider } from "../browser/policy-schema.ts";

type Asked = { decider: Decider; approverRole: ApproverRole };

/** Why somebody may not decide, and who may; null = they may. */
export function refusalFor(actor: Actor, scope: Scope, asked: Asked): { message: string; fix: string } | null {
  if (!roleCan(actor, "approval.decide", scope))
    return { message: "You may look at it, but not decide (approval.decide).", fix: `Ask ${WHO[asked.approverRole]}.` };
  const role = roleIn(actor, scope);
  if (asked.decider === "customer")
    return role === "tenant_admin"
      ? null
      : {
          message: "Only the customer can decide this.",
          fix: "Abort the cutover if it should not continue.",
        };
  return role === "platform_admin" || asked.approverRole === "operator"
    ? null
    : { message: "It waits for a platform admin.", fix: `Ask ${WHO.platform_admin}.` };
}

const WHO: Record<ApproverRole, string> = {
  platform_admin: "a platform admin",
  operator: "an operator",
  tenant_admin: "an admin of the customer",
};
