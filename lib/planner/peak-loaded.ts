export type LoadChange = "load" | "unload";

/**
 * The most names that a node listed at once, worked back from what it lists now.
 * @param newestFirst what was loaded and unloaded since
 */
export function peakLoaded(now: number, newestFirst: readonly LoadChange[]): number {
  let count = now;
  let peak = now;
  for (const change of newestFirst) {
    count += change === "load" ? -1 : 1;
    peak = Math.max(peak, count);
  }
  return peak;
}
