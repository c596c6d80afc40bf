import type { Tx } from "#lib/platform/db.ts";
import { tenantWhere } from "#lib/platform/scope.ts";

export async function listRetentions(tx: Tx, versionId: string): Promise<{ holder: string; reason: string }[]> {
  return tx.client.versionRetention.findMany({
    where: { AND: [{ versionId }, tenantWhere(tx.scope)] },
    select: { holder: true, reason: true },
    orderBy: { createdAt: "asc" },
  });
}

type Retention = { versionId: string; holder: string; tenantId: string; reason: string };

export async function upsertRetention(tx: Tx, retention: Retention): Promise<void> {
  const { versionId, holder, reason } = retention;
  await tx.client.versionRetention.upsert({
    where: { versionId_holder: { versionId, holder } },
    create: retention,
    update: { reason },
  });
}

export async function deleteRetention(tx: Tx, versionId: string, holder: string): Promise<void> {
  await tx.client.versionRetention.deleteMany({ where: { AND: [{ versionId, holder }, tenantWhere(tx.scope)] } });
}
