import type { Consequences } from "#components/ui/confirm-consequences.tsx";
import { formatDuration } from "#components/ui/format-time.ts";
import { cordonConsequences } from "./cordon-consequences.ts";

/** Deadlines that are offered, in seconds; 0 = what runs is not waited for. */
export const DRAIN_DEADLINES = [0, 30, 120, 300, 900, 3600] as const;

export const deadlineWord = (seconds: number): string =>
  seconds === 0 ? "Do not wait for running requests" : `Running requests may take ${formatDuration(seconds * 1000)}`;

/** What follows when a node drains: a cordon at once, then a wait for what runs on it. */
export function drainConsequences(
  facts: Parameters<typeof cordonConsequences>[0],
  deadlineSeconds: number,
): Consequences {
  const cordon = cordonConsequences(facts);
  const wait =
    deadlineSeconds === 0
      ? "Nothing waits for the requests that run on it now."
      : `Requests that run on it now may end within ${formatDuration(deadlineSeconds * 1000)}; it says when nothing runs any more.`;
  return { ...cordon, changes: [...cordon.changes, wait] };
}
