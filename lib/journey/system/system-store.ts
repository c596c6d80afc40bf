import type { Tx } from "#lib/platform/db.ts";
import { listLeases } from "#lib/platform/lease.ts";
import type { WorkerReport } from "#lib/platform/worker-presence.ts";
import type { GatewayReport } from "#lib/telemetry/gateway-report.ts";
import type { LeaseFacts, WorkerFacts } from "./judge-loops.ts";

export type WorkerSighting = WorkerFacts & { startedAt: Date; report: WorkerReport };
export type GatewaySighting = { id: string; startedAt: Date; seenAt: Date; snapshotAt: Date | null; pending: number };

export const readLeases = (tx: Tx): Promise<LeaseFacts[]> => listLeases(tx);

/** Those that are there and those that were killed within a day, the newest sighting first. */
export async function listWorkers(tx: Tx): Promise<WorkerSighting[]> {
  const rows = await tx.client.workerInstance.findMany({ orderBy: { seenAt: "desc" } });
  return rows.map(({ report, ...row }) => {
    const said = report as unknown as WorkerReport;
    const loops = said.loops.map((loop) => ({ ...loop, since: new Date(loop.since) }));
    return { ...row, report: said, loops };
  });
}

export async function listGateways(tx: Tx): Promise<GatewaySighting[]> {
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
