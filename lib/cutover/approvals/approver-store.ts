import type { Tx } from "#lib/platform/db.ts";
import type { ApproverRole } from "../browser/approval-schema.ts";

type Due = { id: string; isReminder: boolean };

/** Open approvals of which nobody was told yet, or is to be reminded now, oldest first. */
export async function untoldApprovals(tx: Tx, now: Date): Promise<Due[]> {
  const rows = await tx.client.approval.findMany({
    where: {
      state: "pending",
      expiresAt: { gt: now },
      OR: [{ askedAt: null }, { remindedAt: null, remindAt: { lte: now } }],
    },
    orderBy: { id: "asc" },
    select: { id: true, askedAt: true },
  });
  return rows.map(({ id, askedAt }) => ({ id, isReminder: askedAt !== null }));
}

/** E-mail addresses of the people who may decide, oldest account first. */
export async function approversOf(
  tx: Tx,
  { tenantId, approverRole }: { tenantId: string; approverRole: ApproverRole },
): Promise<string[]> {
  const where =
    approverRole === "tenant_admin"
      ? { memberships: { some: { tenantId, role: "tenant_admin" as const } } }
      : {
          staffRole: {
            in:
              approverRole === "operator"
                ? (["platform_admin", "operator"] as const).slice()
                : ["platform_admin" as const],
          },
        };
  const users = await tx.client.user.findMany({
    where: { ...where, disabledAt: null },
    orderBy: { createdAt: "asc" },
    select: { email: true },
  });
  return users.map(({ email }) => email);
}

/** They were told; a reminder counts for what was asked, too. */
export async function putTold(tx: Tx, approvalId: string, isReminder: boolean, at: Date): Promise<void> {
  await tx.client.approval.updateMany({
    where: { id: approvalId },
    data: isReminder ? { remindedAt: at } : { askedAt: at },
  });
}
