import type { Deps } from "#lib/identity/ctx.ts";
import type { Tx } from "#lib/platform/db.ts";
import { errorText } from "#lib/platform/errors.ts";
import { type Fence, requireTerm } from "#lib/platform/lease.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { readSettings } from "#lib/pools/settings/settings-store.ts";
import { type DaysRule, RETENTION } from "./rules.ts";
import { deleteExpired, deleteReplies, findRunWithOldReplies } from "./store.ts";

const DAY_MS = 86_400_000;
/** Few enough for a transaction of milliseconds: no request waits for it. */
export const BATCH_ROWS = 2_000;

type Sweep = { deps: Deps; fence: Fence; signal: AbortSignal };

/**
 * Deletes everything that is past its rule. Each batch is a transaction of its own, so that a stop or a lost lease loses at
 * most one batch. A table that fails does not keep the others from being swept.
 * @returns rows deleted per table, and runs whose replies were deleted under `EvalSample`; tables without any are left out
 * @throws Error naming the tables that failed, once all others are done
 */
export async function sweepTables(sweep: Sweep): Promise<Record<string, number>> {
  const deleted: Record<string, number> = {};
  const failures: string[] = [];
  for (const [table, rule] of Object.entries(RETENTION)) {
    if (sweep.signal.aborted) break;
    try {
      const count = await sweepTable(sweep, table, rule);
      if (count > 0) deleted[table] = count;
    } catch (error) {
      failures.push(`${table}: ${errorText(error)}`);
    }
  }
  if (failures.length > 0) throw new Error(`Rows past their time were not deleted. ${failures.join("; ")}`);
  return deleted;
}

function sweepTable(sweep: Sweep, table: string, rule: (typeof RETENTION)[string]): Promise<number> {
  switch (rule.keep) {
    case "days":
      return sweepRows(sweep, table, rule);
    case "replies":
      return sweepReplies(sweep, rule.setting);
    case "elsewhere":
    case "with":
    case "always":
      return Promise.resolve(0);
  }
}

const before = ({ deps }: Sweep, days: number): Date => new Date(deps.clock.now().getTime() - days * DAY_MS);

const inBatch = <T>({ deps, fence }: Sweep, work: (tx: Tx) => Promise<T>): Promise<T> =>
  deps.db.write(platformScope, async (tx) => {
    await requireTerm(tx, fence);
    return work(tx);
  });

async function sweepRows(sweep: Sweep, table: string, rule: DaysRule): Promise<number> {
  const batch = { table, rule, before: before(sweep, rule.days), limit: BATCH_ROWS };
  let total = 0;
  while (!sweep.signal.aborted) {
    const count = await inBatch(sweep, (tx) => deleteExpired(tx, batch));
    total += count;
    if (count < BATCH_ROWS) break;
  }
  return total;
}

/** Run by run: one has some thousand replies. */
async function sweepReplies(sweep: Sweep, setting: "evalReplyDays"): Promise<number> {
  const settings = await sweep.deps.db.read(platformScope, readSettings);
  const limit = before(sweep, settings[setting]);
  let runs = 0;
  while (!sweep.signal.aborted) {
    const found = await inBatch(sweep, async (tx) => {
      const runId = await findRunWithOldReplies(tx, limit);
      if (runId !== null) await deleteReplies(tx, runId, sweep.deps.clock.now());
      return runId !== null;
    });
    if (!found) break;
    runs += 1;
  }
  return runs;
}
