import type { Tx } from "#lib/platform/db.ts";

/** Drops what is past its time. */
export async function deleteExpiredRequests(tx: Tx, limits: { tracesBefore: Date }): Promise<void> {
  await tx.client.requestTrace.deleteMany({ where: { arrivedAt: { lt: limits.tracesBefore } } });
}
