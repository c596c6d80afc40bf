import { addRollups, type NodeRollup, type RollupStep, stepStart } from "../rollup.ts";
import type { TickLook } from "./pack.ts";

/** One scrape of all nodes, as it is stored. */
export type Tick = { at: Date; looks: readonly TickLook[] };

/** Rows of steps under construction. */
export type OpenRows = {
  add(row: NodeRollup): void;
  rows(): NodeRollup[];
  /** Takes out what ended by a moment. */
  close(at: Date): NodeRollup[];
};

export function createOpenRows(): OpenRows {
  const open = new Map<string, NodeRollup>();
  return {
    add(row) {
      const key = `${row.nodeId} ${row.stepSeconds} ${row.at.getTime()}`;
      const before = open.get(key);
      open.set(key, before ? join(before, row) : row);
    },
    rows: () => [...open.values()],
    close(at) {
      const closed: NodeRollup[] = [];
      for (const [key, row] of open) {
        if (row.at.getTime() + row.stepSeconds * 1000 > at.getTime()) continue;
        closed.push(row);
        open.delete(key);
      }
      return closed;
    },
  };
}

/** Two parts of the same step of the same node, the earlier first. */
const join = (earlier: NodeRollup, later: NodeRollup): NodeRollup => ({
  ...earlier,
  scrapes: earlier.scrapes + later.scrapes,
  simulated: earlier.simulated || later.simulated,
  data: addRollups(earlier.data, later.data),
});

/** What a tick adds to the step it falls into; nodes that could not be read add nothing. */
export const tickRows = ({ at, looks }: Tick, stepSeconds: RollupStep): NodeRollup[] =>
  looks.flatMap((look) =>
    look.ok
      ? {
          nodeId: look.nodeId,
          stepSeconds,
          at: stepStart(at, stepSeconds),
          scrapes: 1,
          simulated: look.simulated,
          data: look.increase,
        }
      : [],
  );

/** Joins rows of the same node and step, earlier ones first; finer rows are first taken into the step they lie in. */
export function foldRows(rows: readonly NodeRollup[], stepSeconds: RollupStep): NodeRollup[] {
  const open = createOpenRows();
  for (const row of rows) open.add({ ...row, stepSeconds, at: stepStart(row.at, stepSeconds) });
  return open.rows();
}
