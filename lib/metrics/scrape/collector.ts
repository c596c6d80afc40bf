import { increaseSince, type Look, type NodeRollup, ROLLUP_STEPS, stepStart } from "../rollup.ts";
import { createOpenRows, type Tick, tickRows } from "../series/fold.ts";
import type { TickLook } from "../series/pack.ts";
import { addsUp, countOn, isDue, type KeptLook } from "./kept-looks.ts";

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
  /** Of the nodes that are found otherwise than was written of them, or of which nothing was written for a minute. */
  due: readonly KeptLook[];
};

/** Turns looks into increases and rollups, in memory. */
export type Collector = { add(at: Date, looks: readonly NodeLook[]): ReadyTick };

/** @param known where an earlier scraper stopped: what it wrote of nodes, and the ticks since, and of steps still open */
export function createCollector(known: { kept: readonly KeptLook[]; ticks: readonly Tick[] }): Collector {
  const nodes = createNodes(known);
  const open = createOpenRows();
  const stoppedAt = known.ticks.at(-1)?.at ?? null;
  for (const tick of known.ticks)
    for (const step of ROLLUP_STEPS)
      if (stoppedAt && tick.at >= stepStart(stoppedAt, step)) for (const row of tickRows(tick, step)) open.add(row);
  return {
    add(at, looks) {
      const closed = open.close(at);
      const due: KeptLook[] = [];
      const tick = { at, looks: looks.map((look) => nodes.take(at, look, due)) };
      for (const step of ROLLUP_STEPS) for (const row of tickRows(tick, step)) open.add(row);
      return { tick, closed, due };
    },
  };
}

function createNodes(known: { kept: readonly KeptLook[]; ticks: readonly Tick[] }) {
  const previous = countOn(known.kept, known.ticks);
  const kept = new Map(known.kept.map((one) => [one.nodeId, one]));
  const keep = (now: KeptLook, isSum: boolean, due: KeptLook[]) => {
    if (!isDue(kept.get(now.nodeId), now, isSum)) return;
    kept.set(now.nodeId, now);
    due.push(now);
  };
  return {
    /** @param due what is to be written of the node is added */
    take(at: Date, look: NodeLook, due: KeptLook[]): TickLook {
      const { nodeId, epoch, simulated } = look;
      const before = previous.get(nodeId) ?? null;
      if (!look.ok) {
        const good = before ?? kept.get(nodeId)?.good ?? null;
        keep({ nodeId, simulated, error: look.error, good, epoch: good?.epoch ?? epoch }, true, due);
        return { nodeId, epoch, simulated, ok: false, error: look.error };
      }
      const now = { at, epoch, samples: look.samples };
      const increase = increaseSince(before, now);
      const isSum = before !== null && addsUp(before, increase, now);
      // also where our clock was set back: waiting until it is past the look before would book all since then into one step
      previous.set(nodeId, now);
      keep({ nodeId, simulated, error: null, good: now, epoch }, isSum, due);
      return { nodeId, epoch, simulated, ok: true, addsUp: isSum, increase };
    },
  };
}
