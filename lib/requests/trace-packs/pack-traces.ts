import type { Deps } from "#lib/identity/ctx.ts";
import { type Fence, requireTerm } from "#lib/platform/lease.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { hoursToPack, packHour, settleHours } from "./pack-store.ts";

/** A request is told of once it has ended: most are by then, and those that are not have their hour packed again. */
const WAIT_MS = 5 * 60_000;
/** No statement takes longer, so what was being written while an hour was packed is on record after that. */
const SETTLE_MS = 60_000;
/** Catches up within hours after an upgrade, the newest hours first. */
const HOURS_A_TURN = 12;

/** Packs requests of hours that are over, for charts. */
export async function packTraces(deps: Deps, fence: Fence, now: Date): Promise<void> {
  const ago = (ms: number) => new Date(now.getTime() - ms);
  await deps.db.write(platformScope, async (tx) => {
    await requireTerm(tx, fence);
    await settleHours(tx, ago(SETTLE_MS));
  });
  const hours = await deps.db.read(platformScope, (tx) => hoursToPack(tx, ago(WAIT_MS), HOURS_A_TURN));
  for (const hour of hours)
    await deps.db.write(platformScope, async (tx) => {
      await requireTerm(tx, fence);
      await packHour(tx, hour, now);
    });
}
