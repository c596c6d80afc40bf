const FIRST_MS = 500;
const LONGEST_MS = 15_000;

/** A child that lived this long counts as recovered: its next restart is quick again. */
export const STEADY_MS = 30_000;

/** Pause before restart number `failures` (1 = the first in a row). */
export const backoffMs = (failures: number): number => Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.max(0, failures - 1));
