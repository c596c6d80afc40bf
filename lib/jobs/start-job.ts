import { starterOf } from "#lib/identity/actor-now.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { forbidden, invalidField } from "#lib/platform/errors.ts";
import { newId } from "#lib/platform/ids.ts";
import { JOB_ITEMS_MAX, type Job } from "./schema.ts";
import { insertJob } from "./store.ts";
import { showJob } from "./view-job.ts";

export type JobRequest = {
  /** Names the handler. */
  kind: string;
  /** What people read in lists, such as "Stage 40 versions". */
  title: string;
  input?: Record<string, unknown>;
  /** A key that comes twice is done once. */
  items: readonly { key: string; label: string; input?: Record<string, unknown> }[];
};

/**
 * Queues a job in the caller's own transaction: both happen, or neither. The worker begins it once the transaction commits,
 * in the name of `ctx.actor`. The caller writes the audit row, with `object: { type: "job", id }`.
 * @throws AppError `invalid` naming items (`no_items`, `too_many_items`)
 */
export async function startJob(ctx: Ctx, request: JobRequest): Promise<Job> {
  if (ctx.scope.kind !== "platform") throw forbidden("Jobs are for staff.");
  const items = [...new Map(request.items.map((item) => [item.key, item])).values()];
  if (items.length === 0) throw invalidField("items", "no_items", "There is nothing to do.", "Choose at least one.");
  if (items.length > JOB_ITEMS_MAX)
    throw invalidField(
      "items",
      "too_many_items",
      `A job has ${JOB_ITEMS_MAX} items at most; these are ${items.length}.`,
      "Choose fewer, and start the rest afterwards.",
    );
  const id = newId("job");
  await insertJob(ctx.tx, {
    id,
    kind: request.kind,
    title: request.title,
    input: request.input ?? {},
    startedBy: starterOf(ctx.actor),
    createdAt: ctx.clock.now(),
    items: items.map(({ key, label, input }) => ({ key, label, input: input ?? {} })),
  });
  return showJob(ctx, id);
}
