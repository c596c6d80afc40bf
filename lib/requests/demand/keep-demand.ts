import { recordDemand } from "#lib/fleet/placing/record-demand.ts";
import type { Deps } from "#lib/identity/ctx.ts";
import { type Fence, requireTerm } from "#lib/platform/lease.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { minuteOf } from "../usage/usage-windows.ts";
import { measureDemand } from "./measure-demand.ts";

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
