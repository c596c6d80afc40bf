import type { Tx } from "#lib/platform/db.ts";
import { newId } from "#lib/platform/ids.ts";
import type { Prisma } from "#prisma/generated/client.ts";
import type { NotificationPayload } from "./notification-body.ts";

/** Queues a message to each channel; one that is queued already stays as it is. */
export async function queueNotifications(
  tx: Tx,
  channelIds: readonly string[],
  payload: NotificationPayload,
  now: Date,
): Promise<void> {
  await tx.client.notification.createMany({
    data: channelIds.map((channelId) => ({
      id: newId("notification"),
      channelId,
      alertId: payload.alertId,
      event: payload.event,
      payload: payload as unknown as Prisma.InputJsonObject,
      nextTryAt: now,
      createdAt: now,
    })),
    skipDuplicates: true,
  });
}

/** Channels that were, or will be, told that it fires: whoever was told has to hear how it ended. */
export async function channelsNotified(tx: Tx, alertId: string): Promise<string[]> {
  const rows = await tx.client.notification.findMany({
    where: { alertId, event: "firing" },
    orderBy: { id: "asc" },
    select: { channelId: true },
  });
  return rows.map(({ channelId }) => channelId);
}

export type DueNotification = Awaited<ReturnType<typeof dueNotifications>>[number];

/**
 * Messages to send now, the oldest of each channel first, so that a channel that takes nothing holds up no other. One that
 * says that an alert is over waits for the one that says that it began.
 */
export async function dueNotifications(tx: Tx, now: Date, perChannel: number) {
  const due = await tx.client.$queryRaw<{ id: string }[]>`
    SELECT due."id" FROM "NotificationChannel" c CROSS JOIN LATERAL (
      SELECT n."id" FROM "Notification" n
      WHERE n."channelId" = c."id" AND n."sentAt" IS NULL AND n."gaveUpAt" IS NULL AND n."nextTryAt" <= ${now}
        AND (n."event" = 'firing' OR NOT EXISTS (
          SELECT 1 FROM "Notification" begun
          WHERE begun."channelId" = n."channelId" AND begun."alertId" = n."alertId" AND begun."event" = 'firing'
            AND begun."sentAt" IS NULL AND begun."gaveUpAt" IS NULL))
      ORDER BY n."id" LIMIT ${perChannel}
    ) due`;
  const rows = await tx.client.notification.findMany({
    where: { id: { in: due.map(({ id }) => id) } },
    orderBy: { id: "asc" },
    include: { channel: true },
  });
  return rows.map((row) => ({ ...row, payload: row.payload as unknown as NotificationPayload }));
}

export type Attempt = Pick<
  Prisma.NotificationUpdateManyMutationInput,
  "attempts" | "lastError" | "sentAt" | "gaveUpAt" | "nextTryAt"
>;

export async function saveAttempt(tx: Tx, id: string, attempt: Attempt): Promise<void> {
  await tx.client.notification.updateMany({ where: { id, sentAt: null }, data: attempt });
}

/** What was told of an alert, oldest first. */
export const listNotifications = (tx: Tx, alertId: string) =>
  tx.client.notification.findMany({
    where: { alertId },
    orderBy: { id: "asc" },
    include: { channel: { select: { name: true } } },
  });
