import type { Tx } from "#lib/platform/db.ts";
import type { ApproverRole } from "../browser/approval-schema.ts";
import type { AddressState, MailKind } from "./due-mail.ts";

/** Ids of open approvals that somebody may still have to be written about, oldest first. */
export async function approvalsToMail(tx: Tx, now: Date): Promise<string[]> {
  const rows = await tx.client.approval.findMany({
    where: {
      state: "pending",
      expiresAt: { gt: now },
      OR: [{ askedAt: null }, { remindedAt: null, remindAt: { lte: now } }],
    },
    orderBy: { id: "asc" },
    select: { id: true },
  });
  return rows.map(({ id }) => id);
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

/** What was written to each address so far, by address. */
export async function mailsOf(tx: Tx, approvalId: string): Promise<(AddressState & { refusal: string | null })[]> {
  return tx.client.approvalMail.findMany({
    where: { approvalId },
    orderBy: { address: "asc" },
    select: { address: true, askedAt: true, remindedAt: true, tries: true, nextTryAt: true, refusal: true },
  });
}

const putMail = async (tx: Tx, approvalId: string, address: string, data: object): Promise<void> => {
  await tx.client.approvalMail.upsert({
    where: { approvalId_address: { approvalId, address } },
    create: { approvalId, address, ...data },
    update: data,
    select: { approvalId: true },
  });
};

export const putSent = (tx: Tx, approvalId: string, address: string, sent: { kind: MailKind; at: Date }) =>
  putMail(tx, approvalId, address, {
    ...(sent.kind === "asked" ? { askedAt: sent.at } : { remindedAt: sent.at }),
    ...{ tries: 0, nextTryAt: null, refusal: null },
  });

type Refusal = { tries: number; nextTryAt: Date; refusal: string };
export const putRefused = (tx: Tx, approvalId: string, address: string, refused: Refusal) =>
  putMail(tx, approvalId, address, refused);

/** Everybody has what they are owed until now. */
export async function putEverybodyMailed(
  tx: Tx,
  { id, askedAt, remindAt }: { id: string; askedAt: Date | null; remindAt: Date | null },
  now: Date,
): Promise<void> {
  const isReminded = remindAt !== null && remindAt <= now;
  await tx.client.approval.updateMany({
    where: { id },
    data: { askedAt: askedAt ?? now, ...(isReminded ? { remindedAt: now } : {}) },
  });
}
