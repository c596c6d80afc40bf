import type { Ctx } from "#lib/identity/ctx.ts";
import { SCRAPE_LOOP, type ScrapeNote } from "#lib/metrics/scrape/scraper.ts";
import { readLeaseNote } from "#lib/platform/lease.ts";
import type { System } from "../browser/system-schema.ts";
import { isThere } from "./judge-loops.ts";
import { countWaiting, listGateways, listWorkers, readDatabase, readLeases } from "./system-store.ts";

const DAY_MS = 86_400_000;

/** Everything that Switchyard needs to be well itself. What nobody could look at is null, never zero. */
export async function readSystem(ctx: Ctx): Promise<System> {
  const now = ctx.clock.now();
  const { tx } = ctx;
  const workers = await listWorkers(tx);
  const gateways = await listGateways(tx);
  const waiting = await countWaiting(tx, new Date(now.getTime() - DAY_MS));
  return {
    at: now.toISOString(),
    workers: workers.map(({ id, startedAt, seenAt, report }) => ({
      id,
      host: report.host,
      pid: report.pid,
      startedAt: startedAt.toISOString(),
      seenAt: seenAt.toISOString(),
      isThere: isThere(seenAt, now),
      memoryBytes: report.memoryBytes,
      freeDataBytes: report.freeBytes.data,
      freeAdapterBytes: report.freeBytes.adapters,
    })),
    gateways: gateways.map(({ id, startedAt, seenAt, snapshotAt, pending }) => ({
      id,
      startedAt: startedAt.toISOString(),
      seenAt: seenAt.toISOString(),
      isThere: isThere(seenAt, now),
      snapshotAt: snapshotAt?.toISOString() ?? null,
      tracesPending: pending,
    })),
    scrape: await readScrape(ctx),
    jobs: { ...waiting.jobs, oldestWaitingAt: waiting.jobs.oldestWaitingAt?.toISOString() ?? null },
    notifications: {
      ...waiting.notifications,
      oldestWaitingAt: waiting.notifications.oldestWaitingAt?.toISOString() ?? null,
    },
    database: await readDatabase(tx),
  };
}

async function readScrape({ tx }: Ctx): Promise<System["scrape"]> {
  const note = (await readLeaseNote(tx, SCRAPE_LOOP)) as ScrapeNote | null;
  if (note === null) return null;
  const lease = (await readLeases(tx)).find(({ name }) => name === SCRAPE_LOOP);
  const { nodes: of, seen, waiting, lost } = note;
  return { seen, of, waiting, lost, at: lease?.lastRunAt?.toISOString() ?? null };
}
