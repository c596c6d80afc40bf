import { pageArgs, toPage } from "#lib/http/cursor.ts";
import type { Page, PageQuery } from "#lib/http/schema.ts";
import type { Tx } from "#lib/platform/db.ts";
import type { Prisma } from "#prisma/generated/client.ts";
import type { Channel } from "../browser/alert-schema.ts";

export type ChannelRecord = Prisma.NotificationChannelGetPayload<Record<never, never>>;

/** Channels with how their messages fare. */
export async function listChannels(tx: Tx, query: PageQuery): Promise<Page<Channel>> {
  const rows = toPage(await tx.client.notificationChannel.findMany({ ...pageArgs(query) }), query.limit);
  const items: Channel[] = [];
  for (const row of rows.items) items.push(await withFate(tx, row));
  return { ...rows, items };
}

export async function withFate(tx: Tx, row: ChannelRecord): Promise<Channel> {
  const of = { channelId: row.id };
  const sent = await tx.client.notification.aggregate({ where: of, _max: { sentAt: true } });
  const untaken = await tx.client.notification.findFirst({
    where: { ...of, sentAt: null, lastError: { not: null } },
    orderBy: { id: "desc" },
    select: { lastError: true },
  });
  const { id, name, kind, host, generation } = row;
  return {
    id,
    name,
    kind,
    host,
    generation,
    hasSecret: row.sealedSecret !== null,
    waiting: await tx.client.notification.count({ where: { ...of, sentAt: null, gaveUpAt: null } }),
    failed: await tx.client.notification.count({ where: { ...of, gaveUpAt: { not: null } } }),
    lastSentAt: sent._max.sentAt?.toISOString() ?? null,
    lastError: untaken?.lastError ?? null,
  };
}

export const getChannel = (tx: Tx, id: string): Promise<ChannelRecord | null> =>
  tx.client.notificationChannel.findUnique({ where: { id } });

export const findChannelByName = (tx: Tx, name: string): Promise<{ id: string } | null> =>
  tx.client.notificationChannel.findUnique({ where: { name }, select: { id: true } });

export type ChannelFields = Pick<ChannelRecord, "name" | "kind" | "host" | "sealedUrl" | "sealedSecret">;

export const insertChannel = (tx: Tx, id: string, fields: ChannelFields): Promise<ChannelRecord> =>
  tx.client.notificationChannel.create({ data: { id, ...fields } });

/** @returns false when it was changed since `generation` */
export async function saveChannel(
  tx: Tx,
  id: string,
  generation: number,
  fields: Partial<ChannelFields>,
): Promise<boolean> {
  const { count } = await tx.client.notificationChannel.updateMany({
    where: { id, generation },
    data: { ...fields, generation: { increment: 1 } },
  });
  return count === 1;
}

export async function deleteChannel(tx: Tx, id: string): Promise<void> {
  await tx.client.notificationChannel.deleteMany({ where: { id } });
}

export const channelIds = async (tx: Tx): Promise<string[]> =>
  (await tx.client.notificationChannel.findMany({ orderBy: { id: "asc" }, select: { id: true } })).map(({ id }) => id);
