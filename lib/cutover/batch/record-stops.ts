import { type Deps, systemRead } from "#lib/identity/ctx.ts";
import { BATCH_STOPPED, CONDITION_RENEWED_MS, recordConditions } from "#lib/metrics/conditions/record-condition.ts";
import { type Fence, requireTerm } from "#lib/platform/lease.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { CUTOVER_ACTOR } from "../view-cutover.ts";
import { type BatchRecord, batchesToRecord, countRows } from "./batch-store.ts";

/** For so long after it was made a batch is said not to be stopped; after that nobody asks. */
const RAISED_MS = 7 * 24 * 3_600_000;

/** What this process recorded last, as JSON, and when. */
export type RecordedStops = { recordedAt: number; text: string };

/**
 * Records which batches stopped by themselves and wait for somebody; renewed twice a minute, and at once when
 * something changed. One that was stopped by hand waits for nobody.
 */
export async function recordStops(deps: Deps, fence: Fence, last: RecordedStops): Promise<void> {
  const now = deps.clock.now();
  const conditions = await systemRead(deps, CUTOVER_ACTOR, async ({ tx }) => {
    const batches = await batchesToRecord(tx, new Date(now.getTime() - RAISED_MS));
    const counts = await countRows(
      tx,
      batches.map(({ id }) => id),
    );
    return batches.map((batch) => {
      const { failed = 0, waiting = 0 } = counts.get(batch.id) ?? {};
      return {
        subject: `batch:${batch.id}`,
        type: BATCH_STOPPED,
        tenantId: null,
        status: waitsForSomebody(batch, waiting) ? ("true" as const) : ("false" as const),
        reason: batch.stoppedBy ?? batch.state,
        message: messageOf(batch, failed, waiting),
      };
    });
  });
  const text = JSON.stringify(conditions);
  if (conditions.length === 0 || (text === last.text && now.getTime() - last.recordedAt < CONDITION_RENEWED_MS)) return;
  await deps.db.write(platformScope, async (tx) => {
    await requireTerm(tx, fence);
    await recordConditions(tx, conditions, now);
  });
  Object.assign(last, { text, recordedAt: now.getTime() });
}

const waitsForSomebody = ({ state, stoppedBy }: BatchRecord, waiting: number): boolean =>
  state === "stopped" && stoppedBy !== "hand" && waiting > 0;

function messageOf(batch: BatchRecord, failed: number, waiting: number): string {
  if (!waitsForSomebody(batch, waiting)) return "It does not wait for a decision.";
  const left = `${waiting} ${waiting === 1 ? "cutover waits" : "cutovers wait"}, and their routes did not move.`;
  const why =
    batch.stoppedBy === "rights"
      ? `${batch.requestedBy}, who started it, no longer has permission`
      : `It stopped at ${failed === 1 ? "a cutover" : `${failed} cutovers`} that failed`;
  return `${why}: ${left}`;
}
