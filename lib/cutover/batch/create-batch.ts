import { labelOf } from "#lib/fleet/bulk/choose-versions.ts";
import { actorLabel } from "#lib/identity/actor.ts";
import { starterOf } from "#lib/identity/actor-now.ts";
import { audit } from "#lib/identity/audit.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { AppError } from "#lib/platform/errors.ts";
import { newId } from "#lib/platform/ids.ts";
import type { BatchPlanInput, BatchWithRows } from "../browser/batch-schema.ts";
import { insertBatch, lockBatches } from "./batch-store.ts";
import { judgeRows } from "./judge-rows.ts";
import { readBatch } from "./view-batch.ts";

/** More are not named in one refusal. */
const NAMED_MAX = 20;

/**
 * Takes many cutovers as one thing. The worker starts them, so many at a time, in the name and with the rights of whoever
 * asked; a row that would be refused now refuses the whole batch, so that nobody wonders later what was left out.
 * @throws AppError `conflict` (`rows_refused`) naming each row with its reason and fix
 */
export async function createBatch(ctx: Ctx, input: BatchPlanInput): Promise<BatchWithRows> {
  await lockBatches(ctx.tx);
  const { rows, room } = await judgeRows(ctx, input);
  const problems = rows.flatMap(({ refusal }, index) => {
    if (refusal === null) return [];
    const { code, message, fix } = refusal;
    return [{ field: `rows.${index}`, code, message, fix: fix ?? "Leave it out." }];
  });
  if (problems.length > 0)
    throw new AppError(
      "conflict",
      problems.length === 1
        ? `One row cannot be cut over: ${problems[0]?.message}`
        : `${problems.length} of ${rows.length} rows cannot be cut over. The first: ${problems[0]?.message}`,
      {
        reason: "rows_refused",
        fix: "Preview the batch to see each reason, then fix the rows or leave them out.",
        fields: problems.slice(0, NAMED_MAX),
      },
    );
  const id = newId("batch");
  const { atOnce, stopAfterFailures, overrideReason = null, plan = null } = input;
  const requestedBy = actorLabel(ctx.actor);
  await insertBatch(ctx.tx, {
    ...{ id, atOnce, stopAfterFailures, overrideReason, plan, requestedBy },
    startedBy: starterOf(ctx.actor),
    history: [{ at: ctx.clock.now().toISOString(), by: requestedBy, what: `Started with ${countRows(rows.length)}.` }],
    rows: rows.flatMap(({ adapterId, toVersionId }) => {
      const version = room.versions.get(toVersionId);
      return version ? [{ adapterId, toVersionId, tenantId: version.tenantId, label: labelOf(version) }] : [];
    }),
  });
  await audit(ctx, {
    action: "batch.start",
    object: { type: "batch", id },
    tenantId: null,
    after: { rows: input.rows, atOnce, stopAfterFailures, plan },
    reason: overrideReason,
  });
  return readBatch(ctx, id);
}

const countRows = (count: number): string => (count === 1 ? "1 cutover" : `${count} cutovers`);
