import type { ObservedDemand } from "#lib/fleet/placing/record-demand.ts";
import type { Tx } from "#lib/platform/db.ts";
import { groupSums } from "../charts/request-cells.ts";
import { readUsageSums } from "../usage/usage-sums-store.ts";

const MINUTE_MS = 60_000;

/**
 * What customers asked of each adapter in a window: requests a minute, and how many ran at once in the busiest minute, on
 * average. A caller's own mistakes ran nowhere and do not count; what was answered by a fallback, failed or found no room
 * does: somebody wanted the adapter.
 * @param window of whole minutes
 */
export async function measureDemand(tx: Tx, window: { from: Date; to: Date }): Promise<ObservedDemand[]> {
  const minutes = (window.to.getTime() - window.from.getTime()) / MINUTE_MS;
  const sums = await readUsageSums(tx, { ...window, stepSeconds: 60, by: ["adapter"], with: [] });
  return [...groupSums(sums, ({ keys }) => keys[0] ?? "")].flatMap(([adapterId, own]) => {
    const asked = own.reduce((sum, { answered, failed, turnedAway }) => sum + answered + failed + turnedAway, 0);
    if (adapterId === "" || asked === 0) return [];
    const busiest = Math.max(...own.map(({ busyMs }) => busyMs / MINUTE_MS));
    return { adapterId, requestsPerMinute: asked / minutes, peakConcurrent: Math.max(1, Math.ceil(busiest)) };
  });
}
