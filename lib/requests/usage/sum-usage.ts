import type { Deps } from "#lib/identity/ctx.ts";
import { type Fence, requireTerm } from "#lib/platform/lease.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { listDueSteps, sumStep } from "./usage-rollup-store.ts";
import { ROLLUPS } from "./usage-tables.ts";

/** Gateways send every second: by then nearly all rows of a step are there, and later ones have it summed again. */
const WAIT_MS = 10_000;
/** Ten hours by the minute: a worker that was away catches up within minutes, the newest steps first. */
const STEPS_A_TURN = 600;

/** Sums usage of steps that have ended, and again of those that got late rows. @returns steps summed */
export async function sumUsage({ db }: Pick<Deps, "db">, fence: Fence, now: Date): Promise<number> {
  const endedBy = new Date(now.getTime() - WAIT_MS);
  let summed = 0;
  for (const rollup of ROLLUPS) {
    const due = await db.read(platformScope, (tx) => listDueSteps(tx, rollup, endedBy, STEPS_A_TURN));
    for (const at of due)
      await db.write(platformScope, async (tx) => {
        await requireTerm(tx, fence);
        await sumStep(tx, rollup, at);
      });
    summed += due.length;
  }
  return summed;
}
