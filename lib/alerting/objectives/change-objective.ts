import { staleEdit } from "#lib/http/etag.ts";
import { actorLabel } from "#lib/identity/actor.ts";
import { audit } from "#lib/identity/audit.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { requireStaying } from "#lib/identity/tenant-access-store.ts";
import { conflict, invalidField, notFound } from "#lib/platform/errors.ts";
import { newId } from "#lib/platform/ids.ts";
import { orTaken } from "#lib/platform/or-taken.ts";
import type { ObjectiveKind } from "../browser/objective-kinds.ts";
import type { CreateObjective, Objective, UpdateObjective } from "../browser/objective-schema.ts";
import { forgetCounts } from "./count-store.ts";
import {
  deleteObjective,
  findScope,
  getObjective,
  insertObjective,
  type ObjectiveChange,
  type ObjectiveRecord,
  saveObjective,
} from "./objective-store.ts";
import { targetFault } from "./objective-words.ts";
import { showObjective } from "./show-objective.ts";

/**
 * Sets an objective by hand: it is accepted at once. Requests of the last 28 days are counted for it as well.
 * @throws AppError `invalid` naming tenantId, poolId, target or visibility, or `conflict` (`objective_exists`, `tenant_leaving`)
 */
export async function createObjective(ctx: Ctx, input: CreateObjective): Promise<Objective> {
  const scope = await requireScope(ctx, input);
  checkTarget(input.kind, input.target);
  checkVisibility(scope.tenantId, input.visibility);
  const id = newId("objective");
  const { kind, target, windowDays, visibility } = input;
  const objective = { ...scope, kind, target, windowDays, visibility, status: "accepted" as const };
  const isNew = await orTaken(
    insertObjective(ctx.tx, {
      id,
      ...objective,
      basis: null,
      decidedBy: actorLabel(ctx.actor),
      decidedAt: ctx.clock.now(),
    }).then(() => true),
  );
  if (isNew === null)
    throw conflict(
      "objective_exists",
      "There is an objective of this kind already, perhaps a proposed or dismissed one.",
      "Change that one.",
      "kind",
    );
  await audit(ctx, {
    action: "objective.create",
    object: { type: "objective", id },
    tenantId: scope.tenantId,
    after: objective,
  });
  return showObjective(ctx, id);
}

/**
 * Changes an objective, accepts it or dismisses it. With a new target its requests are counted again.
 * @throws AppError `not_found`, `stale`, or `invalid` naming target or visibility
 */
export async function updateObjective(
  ctx: Ctx,
  {
    objectiveId,
    expectedGeneration,
    change,
  }: { objectiveId: string; expectedGeneration: number; change: UpdateObjective },
): Promise<Objective> {
  const before = await getObjective(ctx.tx, objectiveId);
  if (before === null) throw notFound("objective");
  if (change.target !== undefined) checkTarget(before.kind, change.target);
  checkVisibility(before.tenantId, change.visibility ?? "staff");
  const isRecounted = change.target !== undefined && change.target !== before.target;
  const isDecided = change.status !== undefined && change.status !== before.status;
  const fields: ObjectiveChange = {
    ...(change.target === undefined ? {} : { target: change.target }),
    ...(change.windowDays === undefined ? {} : { windowDays: change.windowDays }),
    ...(change.visibility === undefined ? {} : { visibility: change.visibility }),
    ...(change.status === undefined ? {} : { status: change.status }),
    ...(isDecided ? { decidedBy: actorLabel(ctx.actor), decidedAt: ctx.clock.now() } : {}),
    ...(isRecounted ? { countedTo: null } : {}),
  };
  if (!(await saveObjective(ctx.tx, objectiveId, expectedGeneration, fields))) throw staleEdit();
  if (isRecounted) await forgetCounts(ctx.tx, objectiveId);
  const after = await getObjective(ctx.tx, objectiveId);
  if (after === null) throw notFound("objective");
  await audit(ctx, {
    action: "objective.update",
    object: { type: "objective", id: objectiveId },
    tenantId: before.tenantId,
    before: audited(before),
    after: audited(after),
  });
  return showObjective(ctx, objectiveId);
}

/** Of a tenant it may be proposed anew; one that is not wanted is dismissed. @throws AppError `not_found` */
export async function removeObjective(ctx: Ctx, objectiveId: string): Promise<void> {
  const before = await getObjective(ctx.tx, objectiveId);
  if (before === null) throw notFound("objective");
  await deleteObjective(ctx.tx, objectiveId);
  await audit(ctx, {
    action: "objective.remove",
    object: { type: "objective", id: objectiveId },
    tenantId: before.tenantId,
    before: audited(before),
  });
}

const audited = ({ tenantId, poolId, kind, target, windowDays, visibility, status }: ObjectiveRecord) => ({
  tenantId,
  poolId,
  kind,
  target,
  windowDays,
  visibility,
  status,
});

async function requireScope(
  ctx: Ctx,
  { tenantId, poolId }: Pick<CreateObjective, "tenantId" | "poolId">,
): Promise<{ tenantId: string; poolId: null } | { tenantId: null; poolId: string }> {
  if (tenantId !== undefined && poolId === undefined) {
    if (!(await findScope(ctx.tx, { tenantId })))
      throw invalidField("tenantId", "unknown_tenant", "There is no such tenant.", "Give the id of a tenant.");
    await requireStaying(ctx.tx, tenantId);
    return { tenantId, poolId: null };
  }
  if (poolId === undefined || tenantId !== undefined)
    throw invalidField(
      "tenantId",
      "one_scope",
      "An objective is about one tenant or one pool.",
      "Choose a tenant or a pool.",
    );
  if (!(await findScope(ctx.tx, { poolId })))
    throw invalidField("poolId", "unknown_pool", "There is no such pool.", "Give the id of a pool.");
  return { tenantId: null, poolId };
}

function checkTarget(kind: ObjectiveKind, target: number): void {
  const fault = targetFault(kind, target);
  if (fault !== null) throw invalidField("target", fault.code, fault.message, fault.fix);
}

function checkVisibility(tenantId: string | null, visibility: "staff" | "customer"): void {
  if (tenantId === null && visibility === "customer")
    throw invalidField(
      "visibility",
      "pool_is_shared",
      "A pool serves several customers: none of them sees what it is to reach.",
      "Set an objective of the tenant.",
    );
}
