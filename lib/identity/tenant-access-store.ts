import type { Tx } from "#lib/platform/db.ts";
import { conflict } from "#lib/platform/errors.ts";

/** Revokes every key of a tenant that still works. @returns which */
export async function closeKeysOf(tx: Tx, tenantId: string, now: Date) {
  const where = { tenantId, revokedAt: null };
  const keys = await tx.client.apiKey.findMany({
    where,
    orderBy: { id: "asc" },
    select: { id: true, name: true, prefix: true },
  });
  await tx.client.apiKey.updateMany({ where, data: { revokedAt: now } });
  return keys;
}

/** Removes a tenant's memberships, and ends the sessions of those who have no other role. @returns who, and how many */
export async function closeMembershipsOf(tx: Tx, tenantId: string, now: Date) {
  const rows = await tx.client.membership.findMany({
    where: { tenantId },
    orderBy: { id: "asc" },
    select: { userId: true, role: true, user: { select: { email: true } } },
  });
  await tx.client.membership.deleteMany({ where: { tenantId } });
  const userIds = rows.map(({ userId }) => userId);
  const { count } = await tx.client.session.updateMany({
    where: { userId: { in: userIds }, revokedAt: null, user: { staffRole: null, memberships: { none: {} } } },
    data: { revokedAt: now },
  });
  const people = rows.map(({ userId, role, user }) => ({ userId, role, email: user.email }));
  return { people, sessions: count };
}

/** @throws AppError `conflict` (`tenant_leaving`): nothing is added to a tenant that is being taken away */
export async function requireStaying(tx: Tx, tenantId: string): Promise<void> {
  const row = await tx.client.tenant.findUnique({ where: { id: tenantId }, select: { slug: true, status: true } });
  if (row?.status !== "offboarding" && row?.status !== "archived") return;
  const word = row.status === "archived" ? "is archived" : "is being off-boarded";
  throw conflict("tenant_leaving", `The tenant ${row.slug} ${word}.`, "Add another tenant under another slug.");
}
