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
export async function channelsTold(tx: Tx, alertId: string): Promise<string[]> {
  const rows = await tx.client.notification.findMany({
    where: { alertId, event: "firing" },
    orderBy: { id: "asc" },
    select: { channelId: true },
  });
  return rows.map(({ channelId }) => channelId);
}

export type DueNotification = Awaited<ReturnType<typeof dueNotifications>>[number];

/** Messages to send now, oldest first. One that says it is over waits for the one that says it began. */
export async function dueNotifications(tx: Tx, now: Date, limit: number) {
  const rows = await tx.client.notification.findMany({
    where: { sentAt: null, gaveUpAt: null, nextTryAt: { lte: now } },
    orderBy: { id: "asc" },
    take: limit,
    include: { channel: true },
  });
  const waiting = await tx.client.notification.findMany({
    where: {
      alertId: { in: rows.flatMap(({ event, alertId }) => (event === "resolved" ? [alertId] : [])) },
      event: "firing",
      sentAt: null,
      gaveUpAt: null,
    },
    select: { alertId: true, channelId: true },
  });
  return rows
    .filter(
      (row) =>
        row.event === "firing" ||
        !waiting.some(({ alertId, channelId }) => alertId === row.alertId && channelId === row.channelId),
    )
    .map((row) => ({ ...row, payload: row.payload as unknown as NotificationPayload }));
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
