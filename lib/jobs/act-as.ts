import type { Actor } from "#lib/identity/actor.ts";
import { systemActor } from "#lib/identity/actor.ts";
import { actorNow, type Starter } from "#lib/identity/actor-now.ts";
import { type Ctx, type Deps, readCtx, writeCtx } from "#lib/identity/ctx.ts";
import { type Action, roleCan } from "#lib/identity/policy.ts";
import type { Tx } from "#lib/platform/db.ts";
import { conflict } from "#lib/platform/errors.ts";
import { requireTerm } from "#lib/platform/lease.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { holdsItem } from "./claim-store.ts";
import type { RunningJob } from "./job-handler.ts";
import { starterOfJob } from "./store.ts";

/** Whoever started the job may not do this any more: the whole job ends. */
export class RightsLost extends Error {}

/**
 * One transaction in the name of who started the job, with the rights they have now; audit rows carry them and the job's
 * id as request id. Refused once another worker has the item, so that nothing is done twice.
 * @throws AppError `conflict` (`item_lost`, `lease_lost`), or RightsLost
 */
export const writeAs = <T>(deps: Deps, job: RunningJob, change: (ctx: Ctx) => Promise<T>): Promise<T> =>
  writeCtx(deps, { actor: systemActor("jobs"), scope: platformScope, requestId: job.id }, async (ctx) => {
    await requireTerm(ctx.tx, job.hold.fence);
    if (!(await holdsItem(ctx.tx, job.hold)))
      throw conflict("item_lost", "Another worker took over this item; this write was refused.");
    return change({ ...ctx, actor: await requireActor(ctx, job) });
  });

/** Reads in the name of who started the job. @throws RightsLost */
export const readAs = <T>(deps: Deps, job: RunningJob, query: (ctx: Ctx) => Promise<T>): Promise<T> =>
  readCtx(deps, { actor: systemActor("jobs"), scope: platformScope, requestId: job.id }, async (ctx) =>
    query({ ...ctx, actor: await requireActor(ctx, job) }),
  );

const requireActor = async (ctx: Ctx, job: RunningJob): Promise<Actor> => {
  const starter = await starterOfJob(ctx.tx, job.id);
  const found = await allowedActor(ctx.tx, starter, job.action, ctx.clock.now());
  if ("lost" in found) throw new RightsLost(found.lost);
  return found;
};

/** The starter as an actor, or why they may not do this any more. */
export async function allowedActor(
  tx: Tx,
  starter: Starter,
  action: Action,
  now: Date,
): Promise<Actor | { lost: string }> {
  const actor = await actorNow(tx, starter, now);
  if ("lost" in actor) return actor;
  if (roleCan(actor, action, platformScope)) return actor;
  return { lost: `${starter.label} no longer has permission (${action}).` };
}
