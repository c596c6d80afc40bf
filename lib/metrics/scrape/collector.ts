import { increaseSince, type Look, type NodeRollup, type RollupData, type RollupStep, stepStart } from "../rollup.ts";
import { createOpenRows, inStep } from "./open-rows.ts";

/** What one node answered, or why it did not. */
export type NodeLook = { nodeId: string; epoch: number; simulated: boolean } & (
  | { ok: true; samples: Look["samples"] }
  | { ok: false; error: string }
);

/** Requests that a node counted between two looks, oldest first; times are Unix milliseconds. */
export type RecentRequests = readonly (readonly [fromMs: number, toMs: number, counted: number])[];

/** How a node was found at the last look, and what the next one counts from. */
export type KeptLook = {
  nodeId: string;
  /** Of the last good look; before the first, of the node. */
  epoch: number;
  simulated: boolean;
  /** Why the newest look failed; null = it did not. */
  error: string | null;
  triedAt: Date;
  /** The last good look; null = none is known. */
  good: Look | null;
  recentRequests: RecentRequests;
};

/** Everything of one look at all nodes that is to be stored, at once or not at all. Rows are absolute: newer ones replace older. */
export type ReadyTick = {
  at: Date;
  /** The minute that lasts, of every node; when a minute has ended, also the longer steps that it lies in. */
  rows: readonly NodeRollup[];
  looks: readonly KeptLook[];
};

/** Turns looks into increases and rollups, in memory. */
export type Collector = { add(at: Date, looks: readonly NodeLook[]): ReadyTick };

/** Where an earlier scraper stopped: its last look at each node, the minutes that then lasted, and the longer steps. */
export type CollectorStart = {
  looks: readonly KeptLook[];
  minutes: readonly NodeRollup[];
  longer: readonly NodeRollup[];
};

/** Steps that are put together from minutes. */
export const LONGER_STEPS = [300, 3600] as const satisfies RollupStep[];
/** Two minutes of looks every ten seconds. */
const RECENT_KEPT = 12;

export function createCollector(known: CollectorStart): Collector {
  const kept = new Map(known.looks.map((look) => [look.nodeId, look]));
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
    add(at, looks) {
      const changed = addEndedMinutes(at);
      const now = looks.map((look) => {
        const before = kept.get(look.nodeId) ?? null;
        const increase = look.ok ? increaseSince(before?.good ?? null, { at, ...look }) : null;
        if (increase !== null) minutes.add(minuteOf(look, at, increase));
        const next = nextLook(before, look, at, increase);
        kept.set(look.nodeId, next);
        return next;
      });
      return { at, rows: [...changed, ...minutes.rows()], looks: now };
    },
  };
}

const minuteOf = ({ nodeId, simulated }: NodeLook, at: Date, data: RollupData): NodeRollup => ({
  ...{ nodeId, stepSeconds: 60, at: stepStart(at, 60), scrapes: 1, simulated, data },
});

function nextLook(before: KeptLook | null, look: NodeLook, at: Date, increase: RollupData | null): KeptLook {
  const { nodeId, simulated } = look;
  const recentRequests = before?.recentRequests ?? [];
  if (!look.ok) {
    const good = before?.good ?? null;
    return {
      nodeId,
      simulated,
      error: look.error,
      triedAt: at,
      good,
      epoch: good?.epoch ?? look.epoch,
      recentRequests,
    };
  }
  const counted = increase?.counters.requests;
  const since = at.getTime() - Math.round((increase?.seconds ?? 0) * 1000);
  const isCounted = counted !== undefined && increase !== null && increase.seconds > 0;
  return {
    ...{ nodeId, simulated, error: null, triedAt: at, epoch: look.epoch },
    // also where our clock was set back: waiting until it is past the look before would book all since then into one step
    good: { at, epoch: look.epoch, samples: look.samples },
    recentRequests: isCounted
      ? [...recentRequests, [since, at.getTime(), counted] as const].slice(-RECENT_KEPT)
      : recentRequests,
  };
}
