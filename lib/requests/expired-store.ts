import type { Tx } from "#lib/platform/db.ts";

/** Drops what is past its time. */
export async function deleteExpiredRequests(tx: Tx, limits: { tracesBefore: Date; usageBefore: Date }): Promise<void> {
  await tx.client.requestTrace.deleteMany({ where: { arrivedAt: { lt: limits.tracesBefore } } });
  await tx.client.traceHour.deleteMany({ where: { at: { lt: limits.tracesBefore } } });
  await tx.client.tracePack.deleteMany({ where: { at: { lt: limits.tracesBefore } } });
  await tx.client.usage.deleteMany({ where: { minute: { lt: limits.usageBefore } } });
}
