import { type ObservedDemand, recordDemand } from "#lib/fleet/placing/record-demand.ts";
import type { Deps } from "#lib/identity/ctx.ts";
import { groupBy } from "#lib/platform/browser/group-by.ts";
import type { Tx } from "#lib/platform/db.ts";
import { type Fence, requireTerm } from "#lib/platform/lease.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { readUsageSums } from "../usage/usage-sums-store.ts";
import { minuteOf } from "../usage/usage-windows.ts";

/** Long enough for a tenant with a request every few minutes, short enough to follow a working day. */
const WINDOW_MS = 15 * 60_000;

/** Tells the fleet what each adapter was asked for lately; about once a minute. @returns how many were written */
export async function keepDemand(deps: Deps, fence: Fence, now: Date): Promise<number> {
  const to = minuteOf(now);
  const window = { from: new Date(to.getTime() - WINDOW_MS), to };
  const seen = await deps.db.read(platformScope, (tx) => measureDemand(tx, window));
  return deps.db.write(platformScope, async (tx) => {
    await requireTerm(tx, fence);
    return recordDemand(tx, seen, now);
  });
}

const MINUTE_MS = 60_000;

/**
 * What customers asked of each adapter in a window: requests a minute, and how many ran at once in the busiest minute, on
 * average. A caller's own mistakes ran nowhere and do not count; what was answered by a fallback, failed or found no room
 * does: somebody wanted the adapter.
 * @param window of whole minutes
 */
async function measureDemand(tx: Tx, window: { from: Date; to: Date }): Promise<ObservedDemand[]> {
  const minutes = (window.to.getTime() - window.from.getTime()) / MINUTE_MS;
  const sums = await readUsageSums(tx, { ...window, stepSeconds: 60, by: ["adapter"], with: [] });
  return [...groupBy(sums, ({ keys }) => keys[0] ?? "")].flatMap(([adapterId, own]) => {
    const asked = own.reduce((sum, { answered, failed, turnedAway }) => sum + answered + failed + turnedAway, 0);
    if (adapterId === "" || asked === 0) return [];
    const busiest = Math.max(...own.map(({ busyMs }) => busyMs / MINUTE_MS));
    return { adapterId, requestsPerMinute: asked / minutes, peakConcurrent: Math.max(1, Math.ceil(busiest)) };
  });
}
