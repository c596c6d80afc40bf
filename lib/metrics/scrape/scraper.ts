import type { Deps } from "#lib/identity/ctx.ts";
import type { Tx } from "#lib/platform/db.ts";
import { errorText } from "#lib/platform/errors.ts";
import { type Fence, requireTerm } from "#lib/platform/lease.ts";
import { platformScope } from "#lib/platform/scope.ts";
import type { SeriesCache } from "../exposition/series-cache.ts";
import { readNodeRollups } from "../node-minute/rollup-store.ts";
import { saveTick } from "../node-minute/tick-store.ts";
import { listResidency, saveResidency } from "../residency/residency-store.ts";
import { createResidencyTracker, type ResidencyScrape, type ResidencyTracker } from "../residency/residency-tracker.ts";
import { MAX_GAP_SECONDS, type NodeRollup, type RollupStep, stepStart } from "../rollup.ts";
import { listScrapeTargets, type ScrapeTarget } from "../store.ts";
import {
  type Collector,
  type CollectorStart,
  createCollector,
  type LastScrape,
  LONGER_STEPS,
  type ScrapeResult,
} from "./collector.ts";
import { scrapeNodes } from "./scrape-nodes.ts";
import { listLastScrapes } from "./scrape-store.ts";

export const SCRAPE_LOOP = "scrape";

/** What the loop's lease row says of the last scrape. */
export type ScrapeNote = {
  nodes: number;
  /** Of them, those that could be read. */
  seen: number;
  /** Minutes that wait for the database. */
  waiting: number;
  /** Minutes that were given up since this scraper took over: there the charts have a gap. */
  lost: number;
  /** When the last of them was given up; null = none was. */
  lostAt: string | null;
  /** Since when none of its nodes could be read; null = one was, or there is none. */
  unseenSince: string | null;
};

/** Scrapes all nodes, keeps what it saw until it is stored, and stores it. */
export type Scraper = {
  /** Begins where the last scraper stopped, unless it is this one. */
  take(term: bigint): Promise<void>;
  /** One scrape of every node, into memory. Works without a database, on the nodes it knows. */
  scrape(signal: AbortSignal): Promise<void>;
  /** Stores everything that waits. @throws AppError `lease_lost`, and whatever a database that is away throws */
  save(): Promise<void>;
  /** Somebody else goes on: forgets everything. */
  drop(): void;
  note(): ScrapeNote;
};

/** Minutes; of 100 nodes about 15 MB. */
const MAX_WAITING = 120;

type Held = {
  term: bigint;
  collector: Collector;
  /** null = it has to be read: the last write may or may not have been kept. */
  residency: ResidencyTracker | null;
  /** When each node was last read. */
  seenAt: Map<string, Date>;
  /** Nodes that were not read for so long that what was known of their tiers has ended, until that is stored. */
  unseen: Map<string, ResidencyScrape>;
  /** What waits to be stored, by node and step: a newer row of the same step stands in for the one before. */
  rows: Map<string, NodeRollup>;
  /** Of the newest tick. */
  results: readonly ScrapeResult[];
  /** The newest scrape of each node that is not stored. */
  due: Map<string, LastScrape>;
  resident: readonly ResidencyScrape[];
  lost: number;
  lostAt: Date | null;
  unseenSince: Date | null;
  targets: readonly ScrapeTarget[];
};

/** @param maxWaiting minutes that may wait for the database; then the oldest are given up */
export function createScraper(deps: Deps, maxWaiting = MAX_WAITING): Scraper {
  const caches = new Map<string, SeriesCache>();
  let held: Held | null = null;
  return {
    async take(term) {
      if (held?.term !== term) held = await resume(deps, term);
    },
    async scrape(signal) {
      const mine = held;
      if (mine === null) return;
      mine.targets = await targetsNow(deps, mine.targets);
      const at = deps.clock.now(); // before asking: what a node says is never older than that
      const scrapes = await scrapeNodes(deps, mine.targets, caches, signal);
      if (signal.aborted) return;
      mine.results = scrapes.map(({ result }) => result);
      const isUnseen = mine.results.length > 0 && !mine.results.some(({ ok }) => ok);
      mine.unseenSince = isUnseen ? (mine.unseenSince ?? at) : null;
      noteUnseen(mine, at);
      mine.resident = scrapes.flatMap(({ result, residency }) =>
        result.ok ? { nodeId: result.nodeId, epoch: result.epoch, at, residency } : [],
      );
      for (const { nodeId } of mine.resident) mine.seenAt.set(nodeId, at);
      const ready = mine.collector.add(at, mine.results);
      for (const row of ready.rows) mine.rows.set(`${row.nodeId} ${row.stepSeconds} ${row.at.getTime()}`, row);
      for (const scrape of ready.scrapes) mine.due.set(scrape.nodeId, scrape);
      const given = giveUpOldest(mine.rows, maxWaiting);
      if (given === null) return;
      mine.lost += 1;
      mine.lostAt = at;
      deps.log.error("a minute of metrics was given up: the database is away for too long", {
        at: given.toISOString(),
      });
    },
    async save() {
      if (held !== null) await saveAll(deps, held);
    },
    drop() {
      held = null;
    },
    note: () => ({
      nodes: held?.results.length ?? 0,
      seen: held?.results.filter(({ ok }) => ok).length ?? 0,
      waiting: held === null ? 0 : waitingMinutes(held.rows).length,
      lost: held?.lost ?? 0,
      lostAt: held?.lostAt?.toISOString() ?? null,
      unseenSince: held?.unseenSince?.toISOString() ?? null,
    }),
  };
}

/** Where the minutes begin that wait, oldest first. */
const waitingMinutes = (rows: ReadonlyMap<string, NodeRollup>): number[] => {
  const minutes = [...rows.values()].flatMap(({ stepSeconds, at }) => (stepSeconds === 60 ? at.getTime() : []));
  return [...new Set(minutes)].sort((a, b) => a - b);
};

/** Gives up the oldest minute, and longer steps that ended with it. @returns when it began; null = not more than `most` wait */
function giveUpOldest(rows: Map<string, NodeRollup>, most: number): Date | null {
  const minutes = waitingMinutes(rows);
  const oldest = minutes[0];
  if (oldest === undefined || minutes.length <= most) return null;
  const end = oldest + 60_000;
  for (const [key, { at, stepSeconds }] of rows) if (at.getTime() + stepSeconds * 1000 <= end) rows.delete(key);
  return new Date(oldest);
}

/** Scrapes further apart are not joined: where adapters were in between is unknown. */
function noteUnseen({ seenAt, unseen, results }: Held, now: Date): void {
  for (const { nodeId, epoch } of results) {
    const at = seenAt.get(nodeId);
    if (at === undefined || now.getTime() - at.getTime() <= MAX_GAP_SECONDS * 1000) continue;
    if (!unseen.has(nodeId)) unseen.set(nodeId, { nodeId, epoch, at, residency: null });
  }
}

async function resume(deps: Deps, term: bigint): Promise<Held> {
  return deps.db.read(platformScope, async (tx) => {
    const start = await readStart(tx);
    return {
      term,
      collector: createCollector(start),
      residency: null,
      seenAt: new Map(start.scrapes.flatMap(({ nodeId, good }) => (good ? [[nodeId, good.at]] : []))),
      unseen: new Map(),
      rows: new Map(),
      results: [],
      due: new Map(),
      resident: [],
      lost: 0,
      lostAt: null,
      unseenSince: null,
      targets: await listScrapeTargets(tx),
    };
  });
}

/** What lasted when the last scraper stopped: the minute in which it scraped last, and the longer steps of that moment. */
async function readStart(tx: Tx): Promise<CollectorStart> {
  const scrapes = await listLastScrapes(tx);
  const last = scrapes.reduce<Date | null>(
    (newest, { triedAt }) => (newest && newest > triedAt ? newest : triedAt),
    null,
  );
  if (last === null) return { scrapes, minutes: [], longer: [] };
  const nodeIds = scrapes.map(({ nodeId }) => nodeId);
  const rowsAt = (stepSeconds: RollupStep) => {
    const from = stepStart(last, stepSeconds);
    return readNodeRollups(tx, { nodeIds, stepSeconds, from, to: new Date(from.getTime() + 1) });
  };
  const longer = await Promise.all(LONGER_STEPS.map(rowsAt));
  return { scrapes, minutes: await rowsAt(60), longer: longer.flat() };
}

/** How long a scrape may wait for the list of nodes: a database that is slow must not move the grid. */
const TARGETS_WAIT_MS = 200;

async function targetsNow(deps: Deps, known: readonly ScrapeTarget[]): Promise<readonly ScrapeTarget[]> {
  const waited = new AbortController();
  const asked = deps.db.read(platformScope, listScrapeTargets).catch((error) => {
    deps.log.warn("the list of nodes is as it was", { error: errorText(error) });
    return known;
  });
  const timeout = deps.clock.sleep(TARGETS_WAIT_MS, waited.signal).then(
    () => known,
    () => known,
  );
  const targets = await Promise.race([asked, timeout]);
  waited.abort();
  return targets;
}

async function saveAll(deps: Deps, held: Held): Promise<void> {
  const fence: Fence = { name: SCRAPE_LOOP, term: held.term };
  // first where adapters lie, then the scrape that tells of it: those rows may be newer than the scrape, never older
  const [unseen, resident] = [[...held.unseen.values()], held.resident];
  await saveTiers(deps, fence, held, unseen);
  for (const { nodeId } of unseen) held.unseen.delete(nodeId);
  await saveTiers(deps, fence, held, resident);
  const [rows, scrapes] = [[...held.rows], [...held.due.values()]];
  if (rows.length + scrapes.length === 0) return;
  await saveTick(
    deps.db,
    fence,
    rows.map(([, row]) => row),
    scrapes,
  );
  // what was seen meanwhile waits for the next time
  for (const [key, row] of rows) if (held.rows.get(key) === row) held.rows.delete(key);
  for (const scrape of scrapes) if (held.due.get(scrape.nodeId) === scrape) held.due.delete(scrape.nodeId);
}

async function saveTiers({ db }: Deps, fence: Fence, held: Held, scrapes: readonly ResidencyScrape[]): Promise<void> {
  const tracker = held.residency ?? createResidencyTracker(await db.read(platformScope, (tx) => listResidency(tx)));
  held.residency = null;
  const moved = tracker.changes(scrapes);
  if (moved.put.length + moved.drop.length > 0)
    await db.write(platformScope, async (tx) => {
      await requireTerm(tx, fence);
      await saveResidency(tx, moved, scrapes);
    });
  tracker.confirm(moved);
  held.residency = tracker;
}
