import type { Tx } from "#lib/platform/db.ts";
import { tenantWhere } from "#lib/platform/scope.ts";

/** Notes how much of a draft's file is on disk, between its first byte and its last. Not for drafts that are over. */
export async function noteReceived(
  tx: Tx,
  input: { versionId: string; path: string; receivedBytes: number; at: Date },
): Promise<void> {
  const { versionId, path, receivedBytes, at } = input;
  await tx.client.versionFile.updateMany({
    where: { AND: [{ versionId, path, version: { state: "draft" } }, tenantWhere(tx.scope)] },
    data: { receivedBytes, receivedAt: at, sha256: null },
  });
}

/** Ids of drafts that were opened before `before` and of which nothing has arrived since then, oldest first. */
export async function listIdleDrafts(tx: Tx, before: Date, limit: number, versionId?: string): Promise<string[]> {
  const rows = await tx.client.adapterVersion.findMany({
    where: {
      state: "draft",
      createdAt: { lt: before },
      files: { none: { receivedAt: { gte: before } } },
      ...(versionId === undefined ? {} : { id: versionId }),
    },
    orderBy: { id: "asc" },
    take: limit,
    select: { id: true },
  });
  return rows.map(({ id }) => id);
}

/** @returns what the trail says of it */
export const giveUpDraft = (
  tx: Tx,
  id: string,
  input: { reason: string; at: Date },
): Promise<{ tenantId: string; number: number }> =>
  tx.client.adapterVersion.update({
    where: { id },
    data: { state: "deleted", stateReason: input.reason, stateChangedAt: input.at, generation: { increment: 1 } },
    select: { tenantId: true, number: true },
  });
