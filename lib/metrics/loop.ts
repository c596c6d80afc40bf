import type { Deps } from "#lib/identity/ctx.ts";
import { errorText } from "#lib/platform/errors.ts";
import { createLease, type Fence, type Lease, processHolder, requireTerm } from "#lib/platform/lease.ts";
import { LONGEST_RUN_MS, type LoopState } from "#lib/platform/loop-registry.ts";
import { keepPartitions } from "#lib/platform/partitions.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { NODE_PARTITIONS } from "./node-minute/columns.ts";
import { runOnGrid } from "./scrape/grid.ts";
import { dropScrapesOfGoneNodes } from "./scrape/scrape-store.ts";
import { createScraper, SCRAPE_LOOP } from "./scrape/scraper.ts";

export const SCRAPE_INTERVAL_MS = 10_000;
const LEASE_TTL_MS = 30_000;
const HOUSEKEEPING_INTERVAL_MS = 60_000;

/** Scrapes every node every 10 s until `signal` aborts. Only the holder of the lease does; the others stand by. */
export async function runScrapeLoop(deps: Deps, signal: AbortSignal): Promise<void> {
  const lease = noted(deps, createLease(deps.db, { name: SCRAPE_LOOP, holder: processHolder, ttlMs: LEASE_TTL_MS }));
  const worker = createScrapeWorker(deps, lease);
  const grid = { intervalMs: SCRAPE_INTERVAL_MS, clock: deps.clock, steadyMs: () => performance.now(), signal };
  await runOnGrid(grid, () => worker.onInstant(signal));
  deps.loops?.end(SCRAPE_LOOP);
  await worker.end();
}

/** The grid is no `runLoop`: that the loop is carried here, and who holds it, is noted whenever the lease is asked for. */
function noted({ loops, clock }: Deps, lease: Lease): Lease {
  const loop = { name: SCRAPE_LOOP, everyMs: SCRAPE_INTERVAL_MS, longestRunMs: LONGEST_RUN_MS };
  const note = (state: LoopState["state"]) => loops?.note(loop, state, clock.now());
  note("starting");
  return {
    ...lease,
    acquire: async () => {
      const term = await lease.acquire();
      note(term === null ? "standby" : "waiting");
      return term;
    },
  };
}

/**
 * What one process does at each instant. While it holds the lease it scrapes the nodes first and then speaks with the
 * database, so a database that is slow or away moves no scrape: what was seen waits. A scrape that still runs is not overtaken.
 */
export function createScrapeWorker(deps: Deps, lease: Lease, maxWaiting?: number) {
  const scraper = createScraper(deps, maxWaiting);
  const runHousekeeping = createHousekeeping(deps);
  const log = deps.log.child({ loop: SCRAPE_LOOP });
  let term: bigint | null = null;
  let scraping: Promise<void> | null = null;
  let storing: Promise<void> | null = null;

  /** @returns whether the lease is ours; a database that is away leaves it as it was */
  const holdLease = async (): Promise<boolean> => {
    const own = await lease.acquire();
    if (own === null && term !== null) scraper.drop();
    term = own;
    if (own !== null) await scraper.take(own);
    return own !== null;
  };
  const store = async () => {
    let failure: string | null = null;
    try {
      if (!(await holdLease())) return;
      await scraper.save();
      if (term !== null) await runHousekeeping({ name: SCRAPE_LOOP, term });
    } catch (error) {
      failure = errorText(error);
      log.error("run failed", { error });
    }
    if (term === null) return;
    const note = scraper.note();
    await lease
      .report(term, { at: deps.clock.now(), error: failure, note })
      .catch((error) => log.error("run not recorded", { error: errorText(error) }));
  };
  const scrape = async (signal: AbortSignal) => {
    if (term === null && !(await holdLease())) return;
    await scraper.scrape(signal);
    storing ??= store().finally(() => {
      storing = null;
    });
  };
  const idle = async () => {
    await scraping;
    await storing;
  };
  return {
    onInstant(signal: AbortSignal): void {
      scraping ??= scrape(signal)
        .catch((error) => log.error("lease not reached", { error: errorText(error) }))
        .finally(() => {
          scraping = null;
        });
    },
    idle,
    /** Resolves when nothing is under way any more and the lease is handed back. */
    async end(): Promise<void> {
      await idle();
      if (term === null) return;
      await lease.release(term).catch((error) => log.warn("lease not handed back", { error: errorText(error) }));
    },
  };
}

/** At most once a minute. */
export function createHousekeeping(deps: Deps): (fence: Fence) => Promise<void> {
  let doneAt = 0;
  return async (fence) => {
    const now = deps.clock.now();
    if (now.getTime() - doneAt < HOUSEKEEPING_INTERVAL_MS) return;
    await cleanUp(deps, fence, now);
    doneAt = now.getTime();
  };
}

async function cleanUp(deps: Deps, fence: Fence, now: Date): Promise<void> {
  await deps.db.write(platformScope, async (tx) => {
    await requireTerm(tx, fence);
    await keepPartitions(tx, NODE_PARTITIONS, now);
    await dropScrapesOfGoneNodes(tx);
  });
}
