import { actorLabel } from "#lib/identity/actor.ts";
import { audit } from "#lib/identity/audit.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { conflict, invalidField, notFound } from "#lib/platform/errors.ts";
import { newId } from "#lib/platform/ids.ts";
import { getAdapter } from "#lib/registry/adapters/adapter-store.ts";
import type { Adapter } from "#lib/registry/schema.ts";
import { getVersion, type VersionRecord } from "#lib/registry/versions/version-store.ts";
import type { CutoverPlan } from "./browser/plan-schema.ts";
import { choosePlan } from "./choose-plan.ts";
import { requireCutoversMove } from "./freeze/cutover-freeze.ts";
import { isAtOrigin } from "./moving-in/origin-state.ts";
import { requireAdoptable } from "./require-adoptable.ts";
import { type Passed, requirePass } from "./require-pass.ts";
import type { Cutover, StartCutover } from "./schema.ts";
import { getCutover, insertCutover, lockAdapter, openCutoverOf } from "./store.ts";
import { cutoverHolder, retain } from "./switch-live.ts";
import { toCutover } from "./view-cutover.ts";

/**
 * Asks for a version to go live. Only behind a passed gate of exactly this version, or with an audited override; the
 * worker then loads it everywhere before it moves the pointer.
 * @throws AppError `not_found`, `invalid` naming toVersionId (`unknown_version`), adopted (`not_adoptable`) or confirmTenant, `forbidden` (override), or
 * `conflict` (`frozen`, `gate_not_passed`, `gate_expired`, `override_by_starter`, `cutover_in_progress`, `already_live`,
 * `version_not_ready`, `no_nodes`)
 */
export async function startCutover(ctx: Ctx, input: StartCutover & { adapterId: string }): Promise<Cutover> {
  const { adapterId } = input;
  const { tx } = ctx;
  if ((await getAdapter(tx, adapterId)) === null) throw notFound("adapter");
  await requireCutoversMove(ctx);
  await lockAdapter(tx, adapterId);
  const { adapter, version, passed, plan } = await requireStart(ctx, input);
  const { gate, overrideReason, selfApproved } = passed;
  const { verdict } = gate;

  const cutoverId = newId("cutover");
  const requestedBy = actorLabel(ctx.actor);
  const facts = {
    adapterId,
    fromVersionId: adapter.route.liveVersionId,
    toVersionId: version.id,
    fromOrigin: isAtOrigin(adapter.route),
    verdictId: verdict?.id ?? null,
    overrideReason,
    selfApproved,
    adopted: input.adopted ?? false,
  };
  const first = {
    phase: "pending" as const,
    at: ctx.clock.now().toISOString(),
    by: requestedBy,
    reason: overrideReason,
  };
  await retain(ctx, {
    versionId: version.id,
    holder: cutoverHolder(cutoverId),
    reason: `A cutover to version ${version.number} is under way.`,
  });
  await insertCutover(tx, { id: cutoverId, tenantId: adapter.tenantId, requestedBy, history: [first], plan, ...facts });
  await audit(ctx, {
    action: overrideReason === null ? "cutover.start" : "cutover.override",
    object: { type: "cutover", id: cutoverId },
    tenantId: adapter.tenantId,
    after: { ...facts, plan, outcome: verdict?.outcome ?? null },
    reason: overrideReason,
  });
  const cutover = await getCutover(tx, cutoverId);
  if (cutover === null) throw new Error(`cutover ${cutoverId} is not there after it was added`);
  return toCutover(cutover, ctx.scope.kind === "platform");
}

type Start = { adapter: Adapter; version: VersionRecord; passed: Passed; plan: CutoverPlan };

/**
 * Everything but a freeze that may stand against a cutover, in the order in which it is said; changes nothing.
 * @throws AppError as `startCutover`
 */
export async function requireStart(ctx: Ctx, input: StartCutover & { adapterId: string }): Promise<Start> {
  const { adapterId, toVersionId, overrideReason, confirmTenant } = input;
  const adapter = await getAdapter(ctx.tx, adapterId);
  if (adapter === null) throw notFound("adapter");
  const version = await requireVersion(ctx, adapterId, toVersionId);
  const open = await openCutoverOf(ctx.tx, adapterId);
  if (open)
    throw conflict(
      "cutover_in_progress",
      `Another cutover of this adapter is ${open.phase} (${open.id}).`,
      "Wait until it has ended, or abort it.",
    );
  const passed = await requirePass(ctx, { version, overrideReason, confirmTenant, field: "toVersionId" });
  if (input.adopted) requireAdoptable({ liveVersionId: adapter.route.liveVersionId, ...passed });
  return { adapter, version, passed, plan: await choosePlan(ctx, input.plan) };
}

async function requireVersion(ctx: Ctx, adapterId: string, versionId: string): Promise<VersionRecord> {
  const version = await getVersion(ctx.tx, versionId);
  if (version === null || version.adapterId !== adapterId)
    throw invalidField(
      "toVersionId",
      "unknown_version",
      "The adapter has no such version.",
      "Take an id from its list of versions.",
    );
  if (version.aliases.includes("live"))
    throw refuse("already_live", `Version ${version.number} is live already.`, "Choose another version.");
  if (version.state !== "ready")
    throw refuse(
      "version_not_ready",
      `Version ${version.number} is ${version.state}.`,
      "Choose a version that is ready.",
    );
  return version;
}

/** A conflict about the version that was asked for, so it names the field. */
const refuse = (reason: string, message: string, fix: string) => conflict(reason, message, fix, "toVersionId");
