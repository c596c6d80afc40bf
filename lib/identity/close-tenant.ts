import { audit } from "./audit.ts";
import type { Ctx } from "./ctx.ts";
import { closeKeysOf, closeMembershipsOf } from "./tenant-access-store.ts";

/** What was taken away, for the record. */
export type ClosedAccess = {
  keys: { id: string; name: string; prefix: string }[];
  people: { userId: string; email: string; role: string }[];
  /** Of people who have nothing left here. */
  sessions: number;
};

/** Revokes a tenant's keys and removes its memberships; people who have no other role are signed out. One audit row, if anything was left. */
export async function closeTenantAccess(ctx: Ctx, tenantId: string): Promise<ClosedAccess> {
  const now = ctx.clock.now();
  const keys = await closeKeysOf(ctx.tx, tenantId, now);
  const { people, sessions } = await closeMembershipsOf(ctx.tx, tenantId, now);
  if (keys.length + people.length > 0)
    await audit(ctx, {
      action: "tenant.close_access",
      object: { type: "tenant", id: tenantId },
      tenantId,
      before: { keys, people },
      after: { keys: [], people: [], sessionsEnded: sessions },
    });
  return { keys, people, sessions };
}
