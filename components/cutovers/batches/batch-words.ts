import type { Batch, BatchRow } from "#lib/cutover/browser/batch-schema.ts";
import type { StatusValue } from "../../ui/status-words.ts";

export const totalOf = ({ counts }: Batch): number =>
  counts.waiting + counts.running + counts.completed + counts.failed + counts.skipped;

/** One that ended with failures is not simply fine; stopped by hand is off on purpose. */
export function batchStatus({ state, stoppedBy, counts }: Batch): StatusValue<"batch"> {
  switch (state) {
    case "stopped":
      return stoppedBy === "hand" ? "stopped" : "stopped_by_failures";
    case "completed":
      return counts.failed > 0 ? "completed_partly" : "completed";
    case "running":
    case "paused":
      return state;
  }
}

/** It may still start something, or has something under way. */
export const isActive = ({ state, counts }: Batch): boolean =>
  state === "running" || state === "paused" || counts.running > 0 || (state === "stopped" && counts.waiting > 0);

export const cutovers = (count: number): string => (count === 1 ? "1 cutover" : `${count} cutovers`);

/** In the order in which they are read: what went wrong, what moves, what comes, what is over. */
export const ROW_GROUPS: readonly { state: BatchRow["state"]; title: string }[] = [
  { state: "failed", title: "Failed" },
  { state: "running", title: "Running" },
  { state: "waiting", title: "Waiting" },
  { state: "completed", title: "Completed" },
  { state: "skipped", title: "Skipped" },
];
