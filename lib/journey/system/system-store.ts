import type { Tx } from "#lib/platform/db.ts";
import { listLeases } from "#lib/platform/lease.ts";
import type { WorkerReport } from "#lib/platform/worker-presence.ts";
import type { GatewayReport } from "#lib/requests/traffic/gateway-report.ts";
import type { LeaseFacts, WorkerFacts } from "./judge-loops.ts";
import type { ChannelTrouble } from "./judge-system-health.ts";

export type WorkerPresence = WorkerFacts & { startedAt: Date; report: WorkerReport };
export type GatewayPresence = { id: string; startedAt: Date; seenAt: Date; snapshotAt: Date | null; pending: number };

export const readLeases = (tx: Tx): Promise<LeaseFacts[]> => listLeases(tx);

/** Those that are there and those that were killed within a day, the one last seen first. */
export async function listWorkers(tx: Tx): Promise<WorkerPresence[]> {
  const rows = await tx.client.workerInstance.findMany({ orderBy: { seenAt: "desc" } });
  return rows.map(({ report, ...row }) => {
    const said = report as unknown as WorkerReport;
    const loops = said.loops.map((loop) => ({ ...loop, since: new Date(loop.since) }));
    return { ...row, report: said, loops };
  });
}

export async function listGateways(tx: Tx): Promise<GatewayPresence[]> {
  const rows = await tx.client.gatewayInstance.findMany({ orderBy: { seenAt: "desc" } });
  return rows.map(({ report, ...row }) => ({
    ...row,
    pending: (report as unknown as GatewayReport).tracesPending,
  }));
}

/** Jobs and messages that nobody has taken up yet, and messages that were given up since `dayAgo`. */
export async function countWaiting(tx: Tx, dayAgo: Date) {
  const { job, notification } = tx.client;
  const unsent = { sentAt: null, gaveUpAt: null };
  const oldest = { orderBy: { createdAt: "asc" }, select: { createdAt: true } } as const;
  const oldestJob = await job.findFirst({ where: { state: "queued" }, ...oldest });
  const oldestMessage = await notification.findFirst({ where: unsent, ...oldest });
  return {
    jobs: {
      waiting: await job.count({ where: { state: "queued" } }),
      running: await job.count({ where: { state: "running" } }),
      oldestWaitingAt: oldestJob?.createdAt ?? null,
    },
    notifications: {
      waiting: await notification.count({ where: unsent }),
      oldestWaitingAt: oldestMessage?.createdAt ?? null,
      gaveUpLastDay: await notification.count({ where: { gaveUpAt: { gte: dayAgo } } }),
    },
  };
}

/**
 * Channels that do not take their messages: one that was tried waits since before `waitsBefore`, or one was given up since
 * `gaveUpFrom` and none was taken after it. Messages that were not sent are few, and have an index.
 */
export const listChannelTroubles = (
  tx: Tx,
  { waitsBefore, gaveUpFrom }: { waitsBefore: Date; gaveUpFrom: Date },
): Promise<ChannelTrouble[]> =>
  tx.client.$queryRaw<ChannelTrouble[]>`
    SELECT c."name", min(n."createdAt") FILTER (WHERE n."gaveUpAt" IS NULL) AS "waitsSince", max(n."gaveUpAt") AS "gaveUpAt"
    FROM "Notification" n JOIN "NotificationChannel" c ON c."id" = n."channelId"
    WHERE n."sentAt" IS NULL AND (
      (n."gaveUpAt" IS NULL AND n."attempts" > 0 AND n."createdAt" <= ${waitsBefore})
      OR (n."gaveUpAt" >= ${gaveUpFrom} AND NOT EXISTS (
        SELECT 1 FROM "Notification" taken
        WHERE taken."channelId" = n."channelId" AND taken."sentAt" > n."gaveUpAt")))
    GROUP BY c."id", c."name" ORDER BY c."name"`;

/** Connections to the whole server, of which only its own superuser may take the last ones. */
export async function countConnections(tx: Tx): Promise<{ used: number; usable: number }> {
  const [counted] = await tx.client.$queryRaw<{ used: number; usable: number }[]>`
    SELECT (SELECT count(*)::int FROM pg_stat_activity WHERE datid IS NOT NULL) AS "used",
      current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
        - coalesce(current_setting('reserved_connections', true)::int, 0) AS "usable"`;
  if (!counted) throw new Error("the database said nothing of its connections");
  return counted;
}

const LARGEST = 6;

/** Sizes and connections, from Postgres' own views. A partitioned table counts as one. */
export async function readDatabase(tx: Tx) {
  const [facts] = await tx.client.$queryRaw<
    { version: string; bytes: bigint; connections: number; maxConnections: number }[]
  >`
    SELECT current_setting('server_version') AS "version", pg_database_size(current_database()) AS "bytes",
      (SELECT count(*)::int FROM pg_stat_activity WHERE datname = current_database()) AS "connections",
      current_setting('max_connections')::int AS "maxConnections"`;
  const largest = await tx.client.$queryRaw<{ table: string; bytes: bigint }[]>`
    SELECT coalesce(parent.relname, part.relname) AS "table", sum(pg_total_relation_size(part.oid))::bigint AS "bytes"
    FROM pg_class part
      LEFT JOIN pg_inherits ON inhrelid = part.oid
      LEFT JOIN pg_class parent ON parent.oid = inhparent
      JOIN pg_namespace space ON space.oid = part.relnamespace
    WHERE part.relkind = 'r' AND space.nspname NOT IN ('pg_catalog', 'information_schema')
    GROUP BY 1 ORDER BY 2 DESC LIMIT ${LARGEST}`;
  if (!facts) throw new Error("the database said nothing of itself");
  return {
    ...facts,
    bytes: Number(facts.bytes),
    largest: largest.map(({ table, bytes }) => ({ table, bytes: Number(bytes) })),
  };
}
