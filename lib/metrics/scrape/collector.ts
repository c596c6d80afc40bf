import { increaseSince, type NodeRollup, type RollupData, type RollupStep, type Scrape, stepStart } from "../rollup.ts";
import { createOpenRows, inStep } from "./open-rows.ts";

/** What one node answered, or why it did not. */
export type ScrapeResult = { nodeId: string; epoch: number; simulated: boolean } & (
  | { ok: true; samples: Scrape["samples"] }
  | { ok: false; error: string }
);

/** Requests that a node counted between two scrapes, oldest first; times are Unix milliseconds. */
export type RecentRequests = readonly (readonly [fromMs: number, toMs: number, counted: number])[];

/** How a node was found at the last scrape, and what the next one counts from. */
export type LastScrape = {
  nodeId: string;
  /** Of the last good scrape; before the first, of the node. */
  epoch: number;
  simulated: boolean;
  /** Why the newest scrape failed; null = it did not. */
  error: string | null;
  triedAt: Date;
  /** The last good scrape; null = none is known. */
  good: Scrape | null;
  recentRequests: RecentRequests;
};

/** Everything of one scrape of all nodes that is to be stored, at once or not at all. Rows are absolute: newer ones replace older. */
export type ReadyTick = {
  at: Date;
  /** The minute that lasts, of every node; when a minute has ended, also the longer steps that it lies in. */
  rows: readonly NodeRollup[];
  scrapes: readonly LastScrape[];
};

/** Turns scrapes into increases and rollups, in memory. */
export type Collector = { add(at: Date, results: readonly ScrapeResult[]): ReadyTick };

/** Where an earlier scraper stopped: its last scrape of each node, the minutes that then lasted, and the longer steps. */
export type CollectorStart = {
  scrapes: readonly LastScrape[];
  minutes: readonly NodeRollup[];
  longer: readonly NodeRollup[];
};

/** Steps that are put together from minutes. */
export const LONGER_STEPS = [300, 3600] as const satisfies RollupStep[];
/** Two minutes of scrapes every ten seconds. */
const RECENT_KEPT = 12;

export function createCollector(known: CollectorStart): Collector {
  const kept = new Map(known.scrapes.map((result) => [result.nodeId, result]));
  const minutes = createOpenRows(known.minutes);
  const longer = createOpenRows(known.longer);
  const addEndedMinutes = (at: Date): readonly NodeRollup[] => {
    const ended = minutes.close(at);
    for (const row of ended) for (const step of LONGER_STEPS) longer.add(inStep(row, step));
    const changed = ended.length === 0 ? [] : longer.rows();
    longer.close(at);
    return changed;
  };
  return {
    add(at, results) {
      const changed = addEndedMinutes(at);
      const now = results.map((result) => {
        const before = kept.get(result.nodeId) ?? null;
        const increase = result.ok ? increaseSince(before?.good ?? null, { at, ...result }) : null;
        if (increase !== null) minutes.add(minuteOf(result, at, increase));
        const next = advance(before, result, at, increase);
        kept.set(result.nodeId, next);
        return next;
      });
      return { at, rows: [...changed, ...minutes.rows()], scrapes: now };
    },
  };
}

const minuteOf = ({ nodeId, simulated }: ScrapeResult, at: Date, data: RollupData): NodeRollup => ({
  ...{ nodeId, stepSeconds: 60, at: stepStart(at, 60), scrapes: 1, simulated, data },
});

function advance(before: LastScrape | null, result: ScrapeResult, at: Date, increase: RollupData | null): LastScrape {
  const { nodeId, simulated } = result;
  const recentRequests = before?.recentRequests ?? [];
  if (!result.ok) {
    const good = before?.good ?? null;
    return {
      nodeId,
      simulated,
      error: result.error,
      triedAt: at,
      good,
      epoch: good?.epoch ?? result.epoch,
      recentRequests,
    };
  }
  const counted = increase?.counters.requests;
  const since = at.getTime() - Math.round((increase?.seconds ?? 0) * 1000);
  const isCounted = counted !== undefined && increase !== null && increase.seconds > 0;
  return {
    ...{ nodeId, simulated, error: null, triedAt: at, epoch: result.epoch },
    // also where our clock was set back: waiting until it is past the previous scrape would book all since then into one step
    good: { at, epoch: result.epoch, samples: result.samples },
    recentRequests: isCounted
      ? [...recentRequests, [since, at.getTime(), counted] as const].slice(-RECENT_KEPT)
      : recentRequests,
  };
}
