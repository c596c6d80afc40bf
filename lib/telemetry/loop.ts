import { openNodeKey } from "#lib/fleet/node-access.ts";
import type { Deps } from "#lib/identity/ctx.ts";
import { type Fence, requireTerm } from "#lib/platform/lease.ts";
import { runLeasedLoop } from "#lib/platform/leased-loop.ts";
import type { Turn } from "#lib/platform/loop.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { ROLLUP_KEPT_SECONDS } from "./chart-range.ts";
import { type Collector, createCollector } from "./collector.ts";
import { createSeriesCache, type SeriesCache } from "./exposition/series-cache.ts";
import { keepDemand } from "./keep-demand.ts";
import { createResidencyBook, type ResidencyBook } from "./residency-book.ts";
import { listResidency, saveResidency } from "./residency-store.ts";
import { MAX_GAP_SECONDS, ROLLUP_STEPS, stepStart } from "./rollup.ts";
import { type NodeScrape, scrapeNode } from "./scrape-node.ts";
import { deleteExpired, latestLooks, listScrapeTargets, openRollups, type ScrapeTarget, saveTick } from "./store.ts";
import { foldOldestHour } from "./usage-store.ts";

export const SCRAPE_LOOP = "scrape";
export const SCRAPE_INTERVAL_MS = 10_000;
const LEASE_TTL_MS = 30_000;
const PARALLEL_SCRAPES = 16;
/** Demand and retention. */
const RETENTION_INTERVAL_MS = 60_000;
/** Raw looks only bridge a change of scraper; charts read rollups. */
const SCRAPES_KEPT_MS = 15 * 60_000;
const TRACES_KEPT_MS = 31 * 86_400_000;
const USAGE_KEPT_MS = 400 * 86_400_000;
/** Older usage is kept by the hour. */
const MINUTES_KEPT_MS = 2 * 86_400_000;
/** Gateways that died without a word, and conditions that nobody renewed since. */
const SIGHTINGS_KEPT_MS = 86_400_000;

/** Scrapes every node every 10 s until `signal` aborts. Only the holder of the lease does; the others stand by. */
export function runScrapeLoop(deps: Deps, signal: AbortSignal): Promise<void> {
  const scraper = createScraper(deps);
  return runLeasedLoop(deps, signal, {
    name: SCRAPE_LOOP,
    intervalMs: SCRAPE_INTERVAL_MS,
    leaseMs: LEASE_TTL_MS,
    jitterRatio: 0,
    tick: scraper.tick,
  });
}

/** The work of one process; what it remembers is read again from the catalog whenever the term changes. */
export function createScraper(deps: Deps): { tick(turn: Turn): Promise<void> } {
  const caches = new Map<string, SeriesCache>();
  let held: ({ term: bigint } & Kept) | null = null;
  let cleanedAt = 0;
  return {
    async tick({ term, signal }) {
      held = held?.term === term ? held : { term, ...(await resume(deps)) };
      const { collector, residency } = held;
      const targets = await deps.db.read(platformScope, listScrapeTargets);
      const scrapes = await scrapeAll(deps, targets, caches, signal);
      const rows = scrapes.map(({ row }) => row);
      for (const { nodeId, at, epoch, samples, simulated } of rows)
        if (samples) collector.add({ nodeId, simulated, look: { at, epoch, samples } });
      const moved = residency.changes(
        scrapes.flatMap((scrape) => (scrape.row.ok ? { ...scrape.row, residency: scrape.residency } : [])),
      );
      const rollups = collector.unsaved();
      const fence: Fence = { name: SCRAPE_LOOP, term };
      await deps.db.write(platformScope, async (tx) => {
        await requireTerm(tx, fence);
        await saveTick(tx, rows, rollups);
        await saveResidency(tx, moved);
      });
      const now = deps.clock.now();
      collector.confirm(rollups, now);
      residency.confirm(moved);
      if (now.getTime() - cleanedAt < RETENTION_INTERVAL_MS) return;
      await keepDemand(deps, fence, now);
      await cleanUp(deps, fence, now);
      await foldUsage(deps, fence, now);
      cleanedAt = now.getTime();
    },
  };
}

/** What is kept in memory under one term. */
type Kept = { collector: Collector; residency: ResidencyBook };

/** Where the last scraper, perhaps this one, stopped. */
async function resume(deps: Deps): Promise<Kept> {
  const now = deps.clock.now();
  const windows = ROLLUP_STEPS.map((stepSeconds) => ({ stepSeconds, at: stepStart(now, stepSeconds) }));
  return deps.db.read(platformScope, async (tx) => ({
    collector: createCollector({
      looks: await latestLooks(tx, new Date(now.getTime() - MAX_GAP_SECONDS * 1000)),
      rollups: await openRollups(tx, windows),
    }),
    residency: createResidencyBook(await listResidency(tx)),
  }));
}

async function scrapeAll(
  deps: Deps,
  targets: readonly ScrapeTarget[],
  caches: Map<string, SeriesCache>,
  signal: AbortSignal,
): Promise<NodeScrape[]> {
  for (const id of caches.keys()) if (!targets.some((node) => node.id === id)) caches.delete(id);
  const queue = [...targets];
  const scrapes: NodeScrape[] = [];
  const worker = async () => {
    for (let node = queue.shift(); node; node = queue.shift()) {
      const cache = caches.get(node.id) ?? createSeriesCache();
      caches.set(node.id, cache);
      const apiKey = openNodeKey(deps.secrets, node);
      scrapes.push(
        await scrapeNode({ ...node, apiKey }, cache, { outbound: deps.outbound, now: deps.clock.now, signal }),
      );
    }
  };
  await Promise.all(Array.from({ length: PARALLEL_SCRAPES }, worker));
  return scrapes;
}

/** Catches up within minutes after a worker was away for days. */
const HOURS_A_TURN = 12;

async function foldUsage(deps: Deps, fence: Fence, now: Date): Promise<void> {
  const before = new Date(now.getTime() - MINUTES_KEPT_MS);
  for (let hour = 0; hour < HOURS_A_TURN; hour += 1) {
    const made = await deps.db.write(platformScope, async (tx) => {
      await requireTerm(tx, fence);
      return foldOldestHour(tx, before, now);
    });
    if (made === 0) return;
  }
}

async function cleanUp(deps: Deps, fence: Fence, now: Date): Promise<void> {
  const ago = (ms: number) => new Date(now.getTime() - ms);
  await deps.db.write(platformScope, async (tx) => {
    await requireTerm(tx, fence);
    await deleteExpired(tx, {
      scrapesBefore: ago(SCRAPES_KEPT_MS),
      tracesBefore: ago(TRACES_KEPT_MS),
      usageBefore: ago(USAGE_KEPT_MS),
      sightingsBefore: ago(SIGHTINGS_KEPT_MS),
      rollupsBefore: ROLLUP_STEPS.map((stepSeconds) => ({
        stepSeconds,
        before: ago(ROLLUP_KEPT_SECONDS[stepSeconds] * 1000),
      })),
    });
  });
}
