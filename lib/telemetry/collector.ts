import { increaseSince, type Look, type NodeRollup, ROLLUP_STEPS, stepStart } from "./rollup.ts";
import { createOpenRows, type Tick, tickRows } from "./series/fold.ts";
import type { TickLook } from "./series/pack.ts";

/** What one node answered, or why it did not. */
export type NodeLook = { nodeId: string; epoch: number; simulated: boolean } & (
  | { ok: true; samples: Look["samples"] }
  | { ok: false; error: string }
);

/** Everything of one scrape that is to be stored, at once or not at all. */
export type ReadyTick = {
  tick: Tick;
  /** Rows of the steps that ended since the tick before. */
  closed: readonly NodeRollup[];
  /** What the next scraper counts from. */
  looks: readonly NodeLook[];
};

/** Turns looks into increases and rollups, in memory. */
export type Collector = { add(at: Date, looks: readonly NodeLook[]): ReadyTick };

/** @param known where an earlier scraper stopped: its last good looks, and the ticks of steps that had not ended then */
export function createCollector(known: { looks: ReadonlyMap<string, Look>; ticks: readonly Tick[] }): Collector {
  const previous = new Map(known.looks);
  const open = createOpenRows();
  const stoppedAt = known.ticks.at(-1)?.at ?? null;
  for (const tick of known.ticks)
    for (const step of ROLLUP_STEPS)
      if (stoppedAt && tick.at >= stepStart(stoppedAt, step)) for (const row of tickRows(tick, step)) open.add(row);
  return {
    add(at, looks) {
      const closed = open.close(at);
      const tick = { at, looks: looks.map((look) => increaseOf(previous, at, look)) };
      for (const step of ROLLUP_STEPS) for (const row of tickRows(tick, step)) open.add(row);
      return { tick, closed, looks };
    },
  };
}

/** @param previous is brought up to this look */
function increaseOf(previous: Map<string, Look>, at: Date, look: NodeLook): TickLook {
  const { nodeId, epoch, simulated } = look;
  if (!look.ok) return { nodeId, epoch, simulated, ok: false, error: look.error };
  const before = previous.get(nodeId) ?? null;
  const current = { at, epoch, samples: look.samples };
  if (before === null || at > before.at) previous.set(nodeId, current);
  return { nodeId, epoch, simulated, ok: true, increase: increaseSince(before, current) };
}
