import type { Tx } from "#lib/platform/db.ts";
import type { Prisma } from "#prisma/generated/client.ts";

export type StoredReply = { requestHash: string; operation: string; status: number; response: unknown };

/**
 * Claims a key inside the effect's own transaction. A concurrent call with the same key waits here until the first one
 * commits or rolls back, so 100 equal calls have one effect.
 * @returns null when the key is ours now, else the reply stored for it
 */
export async function claimIdempotencyKey(
  tx: Tx,
  claim: { actorKey: string; key: string; operation: string; requestHash: string },
): Promise<StoredReply | null> {
  const tenantId = tx.scope.kind === "tenant" ? tx.scope.tenantId : null;
  const inserted = await tx.client.$executeRaw`
    INSERT INTO "IdempotencyKey" ("actorKey", "key", "tenantId", "operation", "requestHash", "status")
    VALUES (${claim.actorKey}, ${claim.key}, ${tenantId}, ${claim.operation}, ${claim.requestHash}, 0)
    ON CONFLICT ("actorKey", "key") DO NOTHING`;
  return inserted === 1 ? null : findIdempotencyKey(tx, claim.actorKey, claim.key);
}

export async function findIdempotencyKey(tx: Tx, actorKey: string, key: string): Promise<StoredReply | null> {
  return tx.client.idempotencyKey.findUnique({
    where: { actorKey_key: { actorKey, key } },
    select: { requestHash: true, operation: true, status: true, response: true },
  });
}

/** Keeps the reply beside the effect, so that a retry after a lost reply gets the same one. */
export async function storeReply(
  tx: Tx,
  reply: { actorKey: string; key: string; status: number; response: Prisma.InputJsonValue | null },
): Promise<void> {
  await tx.client.idempotencyKey.update({
    where: { actorKey_key: { actorKey: reply.actorKey, key: reply.key } },
    data: { status: reply.status, ...(reply.response === null ? {} : { response: reply.response }) },
  });
}
