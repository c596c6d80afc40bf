import type { Tx } from "#lib/platform/db.ts";

const ID = 1;

export type DeadManRecord = NonNullable<Awaited<ReturnType<typeof readDeadMan>>>;
/** What a turn of its loop came to. */
export type Heartbeat = Partial<Pick<DeadManRecord, "lastBeatAt" | "heldBackAt" | "heldBackBecause" | "lastError">>;

export const readDeadMan = (tx: Tx) => tx.client.deadManSwitch.findUnique({ where: { id: ID } });

/** Another address starts anew. */
export async function saveDeadMan(
  tx: Tx,
  fields: { host: string; sealedUrl: string; everySeconds: number },
): Promise<DeadManRecord> {
  const anew = { lastBeatAt: null, heldBackAt: null, heldBackBecause: null, lastError: null };
  return tx.client.deadManSwitch.upsert({
    where: { id: ID },
    create: { id: ID, ...fields },
    update: { ...fields, ...anew, generation: { increment: 1 } },
  });
}

export async function deleteDeadMan(tx: Tx): Promise<boolean> {
  return (await tx.client.deadManSwitch.deleteMany({ where: { id: ID } })).count > 0;
}

/** Of the address that was called: one that was set meanwhile has no part in it. */
export async function saveHeartbeat(tx: Tx, generation: number, heartbeat: Heartbeat): Promise<void> {
  await tx.client.deadManSwitch.updateMany({ where: { id: ID, generation }, data: heartbeat });
}
