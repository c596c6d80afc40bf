import type { Deps } from "#lib/identity/ctx.ts";
import { errorText } from "#lib/platform/errors.ts";
import { type Fence, requireTerm } from "#lib/platform/lease.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { ROLLUP_KEPT_SECONDS } from "../charts/chart-range.ts";
import type { SeriesCache } from "../exposition/series-cache.ts";
import { createResidencyBook, type ResidencyBook, type ResidencyLook } from "../residency/residency-book.ts";
import { listResidency, saveResidency } from "../residency/residency-store.ts";
import { keepPartitions, keptLooks, openTicks, type PackedTick, packReady, saveTick } from "../series/series-store.ts";
import { listScrapeTargets, type ScrapeTarget } from "../store.ts";
import { type Collector, createCollector, type NodeLook } from "./collector.ts";
import type { KeptLook } from "./kept-looks.ts";
import { lookAtNodes } from "./look-at-nodes.ts";

export const SCRAPE_LOOP = "scrape";

/** What the loop's lease row says of the last scrape. */
export type ScrapeNote = {
  nodes: number;
  /** Of them, those that could be read. */
  seen: number;
  /** Ticks that wait for the database. */
  waiting: number;
  /** Ticks that were given up since this scraper took over: there the charts have a gap. */
  lost: number;
  /** When the last of them was given up; null = none was. */
  lostAt: string | null;
  /** Since when none of its nodes could be read; null = one was, or there is none. */
  unseenSince: string | null;
};

/** Looks at all nodes, keeps what it saw until it is stored, and stores it. */
export type Scraper = {
  /** Begins where the last scraper stopped, unless it is this one. */
  take(term: bigint): Promise<void>;
  /** One look at every node, into memory. Works without a database, on the nodes it knows. */
  look(signal: AbortSignal): Promise<void>;
  /** Stores everything that waits. @throws AppError `lease_lost`, and whatever a database that is away throws */
  save(): Promise<void>;
  /** Somebody else goes on: forgets everything. */
  drop(): void;
  note(): ScrapeNote;
};

/** Two hours at ten seconds; of 100 nodes about 20 MB. */
const MAX_WAITING = 720;

type Held = {
  term: bigint;
  collector: Collector;
  residency: ResidencyBook;
  waiting: PackedTick[];
  /** Of the newest tick. */
  looks: readonly NodeLook[];
  /** What is to be written of nodes, with the last tick that waits. */
  due: Map<string, KeptLook>;
  resident: readonly ResidencyLook[];
  lost: number;
  lostAt: Date | null;
  unseenSince: Date | null;
  targets: readonly ScrapeTarget[];
  needsPartitions: boolean;
};

/** @param maxWaiting ticks that may wait for the database; then the oldest are given up */
export function createScraper(deps: Deps, maxWaiting = MAX_WAITING): Scraper {
  const caches = new Map<string, SeriesCache>();
  let held: Held | null = null;
  return {
    async take(term) {
      if (held?.term !== term) held = await resume(deps, term);
    },
    async look(signal) {
      const mine = held;
      if (mine === null) return;
      mine.targets = await targetsNow(deps, mine.targets);
      const at = deps.clock.now(); // before asking: what a node says is never older than that
      const scrapes = await lookAtNodes(deps, mine.targets, caches, signal);
      if (signal.aborted) return;
      mine.looks = scrapes.map(({ look }) => look);
      const isUnseen = mine.looks.length > 0 && !mine.looks.some(({ ok }) => ok);
      mine.unseenSince = isUnseen ? (mine.unseenSince ?? at) : null;
      mine.resident = scrapes.flatMap(({ look, residency }) =>
        look.ok ? { nodeId: look.nodeId, epoch: look.epoch, at, residency } : [],
      );
      const ready = mine.collector.add(at, mine.looks);
      for (const look of ready.due) mine.due.set(look.nodeId, look);
      mine.waiting.push(packReady(ready, groupsOf(mine.targets)));
      if (mine.waiting.length <= maxWaiting) return;
      const given = mine.waiting.shift();
      mine.lost += 1;
      mine.lostAt = at;
      deps.log.error("a scrape was given up: the database is away for too long", { at: given?.at.toISOString() });
    },
    async save() {
      if (held !== null) await saveAll(deps, held);
    },
    drop() {
      held = null;
    },
    note: () => ({
      nodes: held?.looks.length ?? 0,
      seen: held?.looks.filter(({ ok }) => ok).length ?? 0,
      waiting: held?.waiting.length ?? 0,
      lost: held?.lost ?? 0,
      lostAt: held?.lostAt?.toISOString() ?? null,
      unseenSince: held?.unseenSince?.toISOString() ?? null,
    }),
  };
}

/** Charts ask about pools, and about all nodes that serve more than one customer. */
const groupsOf = (targets: readonly ScrapeTarget[]): Map<string, string> =>
  new Map(targets.map(({ id, poolId, standalone }) => [id, `${poolId}${standalone ? " alone" : ""}`]));

async function resume(deps: Deps, term: bigint): Promise<Held> {
  return deps.db.read(platformScope, async (tx) => ({
    term,
    collector: createCollector({ kept: await keptLooks(tx), ticks: await openTicks(tx) }),
    residency: createResidencyBook(await listResidency(tx)),
    waiting: [],
    looks: [],
    due: new Map(),
    resident: [],
    lost: 0,
    lostAt: null,
    unseenSince: null,
    targets: await listScrapeTargets(tx),
    needsPartitions: true,
  }));
}

/** How long a look may wait for the list of nodes: a database that is slow must not move the grid. */
const TARGETS_WAIT_MS = 200;

async function targetsNow(deps: Deps, known: readonly ScrapeTarget[]): Promise<readonly ScrapeTarget[]> {
  const waited = new AbortController();
  const asked = deps.db.read(platformScope, listScrapeTargets).catch((error) => {
    deps.log.warn("the list of nodes is as it was", { error: errorText(error) });
    return known;
  });
  const patience = deps.clock.sleep(TARGETS_WAIT_MS, waited.signal).then(
    () => known,
    () => known,
  );
  const targets = await Promise.race([asked, patience]);
  waited.abort();
  return targets;
}

async function saveAll(deps: Deps, held: Held): Promise<void> {
  const fence: Fence = { name: SCRAPE_LOOP, term: held.term };
  // first where adapters lie, then the look that tells of it: those rows may be newer than the look, never older
  const moved = held.residency.changes(held.resident);
  if (moved.put.length + moved.drop.length > 0)
    await deps.db.write(platformScope, async (tx) => {
      await requireTerm(tx, fence);
      await saveResidency(tx, moved);
    });
  held.residency.confirm(moved);
  for (let tick = held.waiting[0]; tick; tick = held.waiting[0]) {
    if (held.needsPartitions) await makePartitions(deps, tick.at);
    held.needsPartitions = true; // until it is known to be stored: a clock that was set may be the cause
    const due = held.waiting.length === 1 ? [...held.due.values()] : [];
    await saveTick(deps.db, fence, tick, due);
    held.needsPartitions = false;
    if (held.waiting[0] === tick) held.waiting.shift();
    for (const look of due) if (held.due.get(look.nodeId) === look) held.due.delete(look.nodeId);
  }
}

const makePartitions = (deps: Deps, at: Date): Promise<void> =>
  deps.db.write(platformScope, (tx) => keepPartitions(tx, at, ROLLUP_KEPT_SECONDS));
