import { hostname } from "node:os";
import type { Prisma } from "#prisma/generated/client.ts";
import type { Clock } from "./clock.ts";
import type { Database } from "./db.ts";
import { errorText } from "./errors.ts";
import type { Log } from "./log.ts";
import type { LoopRegistry, LoopState } from "./loop-registry.ts";
import { platformScope } from "./scope.ts";
import { freeBytes } from "./supervisor/disk.ts";

/** What a worker says of itself every few seconds. */
export type WorkerReport = {
  host: string;
  pid: number;
  loops: readonly LoopState[];
  /** Bytes of memory in use. */
  memoryBytes: number;
  /** Free bytes where its data lies; null = it could not look. */
  freeBytes: { data: number | null; adapters: number | null };
};

/** @param paths where its data and the adapter store lie */
export async function describeWorker(
  loops: LoopRegistry,
  paths: { dataDir: string; adapterStore: string },
): Promise<WorkerReport> {
  const free = (path: string) => freeBytes(path).catch(() => null); // unknown is said as unknown
  const [data, adapters] = await Promise.all([free(paths.dataDir), free(paths.adapterStore)]);
  const memoryBytes = process.memoryUsage.rss();
  return { host: hostname(), pid: process.pid, loops: loops.list(), memoryBytes, freeBytes: { data, adapters } };
}

export const PRESENCE_INTERVAL_MS = 5_000;
/** Workers that were killed are forgotten after this. */
const FORGOTTEN_MS = 86_400_000;

export type PresenceOptions = {
  db: Database;
  id: string;
  report: () => Promise<WorkerReport>;
  clock: Clock;
  log: Log;
};

/**
 * Says every 5 s that this worker is there, so that a loop that no worker runs is noticed, however seldom it would run. A
 * database that is away is tried again at the next turn.
 * @returns `stop` takes the worker's row away
 */
export function startPresence({ db, id, report, clock, log }: PresenceOptions): { stop(): Promise<void> } {
  const startedAt = clock.now();
  let running: Promise<void> | null = null;
  const heartbeat = async () => {
    const state = await report();
    const seenAt = clock.now();
    const presence = { startedAt, seenAt, report: state as unknown as Prisma.InputJsonObject };
    await db.write(platformScope, async ({ client }) => {
      await client.workerInstance.upsert({ where: { id }, create: { id, ...presence }, update: presence });
      await client.workerInstance.deleteMany({ where: { seenAt: { lt: new Date(seenAt.getTime() - FORGOTTEN_MS) } } });
    });
  };
  const turn = () => {
    running ??= heartbeat()
      .catch((error: unknown) => log.warn("worker not reported", { error: errorText(error) }))
      .finally(() => {
        running = null;
      });
  };
  turn();
  const timer = setInterval(turn, PRESENCE_INTERVAL_MS);
  return {
    async stop() {
      clearInterval(timer);
      await running;
      await db
        .write(platformScope, ({ client }) => client.workerInstance.deleteMany({ where: { id } }))
        .catch((error: unknown) => log.warn("worker still listed", { error: errorText(error) }));
    },
  };
}
