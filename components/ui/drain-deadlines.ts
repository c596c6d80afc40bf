import { formatDuration } from "./format-time.ts";

const labelOf = (seconds: number): string =>
  seconds === 0 ? "Do not wait for running requests" : `Running requests may take ${formatDuration(seconds * 1000)}`;

/** Deadlines of a drain that are offered, in seconds; 0 = what runs is not waited for. */
export const DRAIN_DEADLINES = [0, 30, 120, 300, 900, 3600].map((value) => ({ value, label: labelOf(value) }));
