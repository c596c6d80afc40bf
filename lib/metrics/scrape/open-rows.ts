import { addRollups, type NodeRollup, type RollupStep, stepStart } from "../rollup.ts";

/** Rows of steps under construction. */
export type OpenRows = {
  /** Adds to the row of the same node and step. */
  add(row: NodeRollup): void;
  rows(): NodeRollup[];
  /** Takes out what ended by a moment. */
  close(at: Date): NodeRollup[];
};

export function createOpenRows(known: readonly NodeRollup[] = []): OpenRows {
  const keyOf = (row: NodeRollup) => `${row.nodeId} ${row.stepSeconds} ${row.at.getTime()}`;
  const open = new Map(known.map((row) => [keyOf(row), row]));
  return {
    add(row) {
      const before = open.get(keyOf(row));
      open.set(keyOf(row), before ? join(before, row) : row);
    },
    rows: () => [...open.values()],
    close(at) {
      const ended = [...open.values()].filter((row) => row.at.getTime() + row.stepSeconds * 1000 <= at.getTime());
      for (const row of ended) open.delete(keyOf(row));
      return ended;
    },
  };
}

/** The longer step that a row lies in, as far as this row goes. */
export const inStep = (row: NodeRollup, stepSeconds: RollupStep): NodeRollup => ({
  ...row,
  stepSeconds,
  at: stepStart(row.at, stepSeconds),
});

/** Two parts of the same step of the same node, the earlier first. */
const join = (earlier: NodeRollup, later: NodeRollup): NodeRollup => ({
  ...earlier,
  scrapes: earlier.scrapes + later.scrapes,
  simulated: earlier.simulated || later.simulated,
  data: addRollups(earlier.data, later.data),
});
