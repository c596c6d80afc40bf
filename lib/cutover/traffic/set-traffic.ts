import { routableNodes } from "#lib/fleet/routable-nodes.ts";
import { audit } from "#lib/identity/audit.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { conflict, invalidField, notFound } from "#lib/platform/errors.ts";
import { getAdapter } from "#lib/registry/adapters/adapter-store.ts";
import { changeRoute } from "#lib/registry/adapters/change-route.ts";
import type { Adapter, AdapterRoute } from "#lib/registry/schema.ts";
import { getVersion, type VersionRecord } from "#lib/registry/versions/version-store.ts";
import type { PutTraffic } from "../browser/traffic-schema.ts";
import { requireCutoversMove } from "../freeze/cutover-freeze.ts";
import { isAtOrigin } from "../moving-in/origin-state.ts";
import { type Passed, requirePass } from "../require-pass.ts";
import { lockAdapter, openCutoverOf } from "../store.ts";
import { candidateHolder, lockInOrder, mirrorHolder, releaseHold, retain } from "../switch-live.ts";

type Input = PutTraffic & { adapterId: string; expectedGeneration: number };

/**
 * Gives a version a share of an adapter's conversations, and another one copies of a share of its requests, beside what is
 * live or its origin. A version needs a passed gate for the first, or an audited override; for the second nothing, since
 * nobody reads its replies. Both stay loaded as long as they are named; the next cutover or rollback ends both.
 * @throws AppError `not_found`, `stale`, `invalid` (`unknown_version`, `version_missing`), `forbidden` (override), or
 * `conflict` (`frozen`, `gate_not_passed`, `gate_expired`, `override_by_starter`, `already_live`, `version_not_ready`, `not_loaded`, `nothing_live`, `cutover_in_progress`)
 */
export async function setTraffic(ctx: Ctx, input: Input): Promise<AdapterRoute> {
  const { adapterId, expectedGeneration } = input;
  if ((await getAdapter(ctx.tx, adapterId)) === null) throw notFound("adapter");
  await lockAdapter(ctx.tx, adapterId);
  const adapter = await getAdapter(ctx.tx, adapterId);
  if (adapter === null) throw notFound("adapter");
  const isClearing = input.candidateVersionId === null && input.mirrorVersionId === null;
  if (!isClearing) {
    await requireCutoversMove(ctx);
    await refuseState(ctx, adapter);
  }
  const passed = await requireCandidate(ctx, adapter, input);
  const overrideReason = passed?.overrideReason ?? null;
  await requireMirror(ctx, adapter, input);

  await holdShares(ctx, adapter.route, input);
  const change = {
    candidateVersionId: input.candidateVersionId,
    candidateWeight: input.weightPercent,
    mirrorVersionId: input.mirrorVersionId,
    mirrorShare: input.mirrorPercent,
  };
  const { route } = await changeRoute(ctx, { adapterId, expectedGeneration, change });
  await audit(ctx, {
    action: overrideReason === null ? "traffic.set" : "traffic.override",
    object: { type: "adapter", id: adapterId },
    tenantId: adapter.tenantId,
    before: sharesOf(adapter.route),
    after: { ...sharesOf(route), ...(passed?.selfApproved ? { selfApproved: true } : {}) },
    reason: overrideReason,
  });
  return route;
}

/** A share is one of something: it needs whatever answers the rest. */
async function refuseState(ctx: Ctx, { id, route }: Adapter): Promise<void> {
  const open = await openCutoverOf(ctx.tx, id);
  if (open)
    throw conflict(
      "cutover_in_progress",
      `A cutover of this adapter is ${open.phase} (${open.id}), and ends all shares when it goes live.`,
      "Wait until it has ended, or abort it.",
    );
  if (route.liveVersionId === null && !isAtOrigin(route))
    throw conflict(
      "nothing_live",
      "Nothing is live and there is no origin, so there is nothing to share.",
      "Cut over to the version instead.",
    );
}

/** @returns under what it may answer; null when nothing is given to any version */
async function requireCandidate(ctx: Ctx, adapter: Adapter, input: Input): Promise<Passed | null> {
  const { candidateVersionId, weightPercent, overrideReason, confirmTenant } = input;
  const field = "candidateVersionId";
  const version = await requireVersion(ctx, adapter, { field, versionId: candidateVersionId, percent: weightPercent });
  if (version === null || weightPercent === 0) return null;
  const passed = await requirePass(ctx, { version, overrideReason, confirmTenant, field });
  await requireLoaded(ctx, version, field);
  return passed;
}

async function requireMirror(ctx: Ctx, adapter: Adapter, input: Input): Promise<void> {
  const { mirrorVersionId: versionId, mirrorPercent: percent } = input;
  const version = await requireVersion(ctx, adapter, { field: "mirrorVersionId", versionId, percent });
  if (version !== null && percent > 0) await requireLoaded(ctx, version, "mirrorVersionId");
}

async function requireVersion(
  ctx: Ctx,
  adapter: Adapter,
  asked: { field: "candidateVersionId" | "mirrorVersionId"; versionId: string | null; percent: number },
): Promise<VersionRecord | null> {
  const { field, versionId, percent } = asked;
  if (versionId === null) {
    if (percent === 0) return null;
    throw invalidField(field, "version_missing", `${percent} % of no version.`, "Name a version, or set 0.");
  }
  const version = await getVersion(ctx.tx, versionId);
  if (version === null || version.adapterId !== adapter.id)
    throw invalidField(
      field,
      "unknown_version",
      "The adapter has no such version.",
      "Take an id from its list of versions.",
    );
  if (version.id === adapter.route.liveVersionId)
    throw conflict(
      "already_live",
      `Version ${version.number} is live: it gets everything else.`,
      "Choose another version.",
      field,
    );
  if (version.state !== "ready")
    throw conflict(
      "version_not_ready",
      `Version ${version.number} is ${version.state}.`,
      "Choose a version that is ready.",
      field,
    );
  return version;
}

/** Proven on some node that serves customers; the share grows to the others as they load it. */
async function requireLoaded(ctx: Ctx, version: VersionRecord, field: string): Promise<void> {
  const nodes = await routableNodes(ctx.tx, version.id);
  if (nodes.some(({ standalone }) => !standalone)) return;
  throw conflict(
    "not_loaded",
    `Version ${version.number} is loaded on no node that serves customers.`,
    "Load it first, and wait until it is routable.",
    field,
  );
}

/** Whoever has a share stays loaded; whoever has none any more may go. */
async function holdShares(ctx: Ctx, before: AdapterRoute, input: Input): Promise<void> {
  const { adapterId } = input;
  await lockInOrder(ctx, [
    before.candidateVersionId,
    before.mirrorVersionId,
    input.candidateVersionId,
    input.mirrorVersionId,
  ]);
  const shares = [
    {
      holder: candidateHolder(adapterId),
      from: before.candidateVersionId,
      to: input.candidateVersionId,
      reason: `It gets ${input.weightPercent} % of the conversations.`,
    },
    {
      holder: mirrorHolder(adapterId),
      from: before.mirrorVersionId,
      to: input.mirrorVersionId,
      reason: `It gets copies of ${input.mirrorPercent} % of the requests.`,
    },
  ];
  for (const { holder, from, to, reason } of shares) {
    if (to !== null) await retain(ctx, { versionId: to, holder, reason });
    if (from !== null && from !== to) await releaseHold(ctx, { versionId: from, holder });
  }
}

const sharesOf = ({ candidateVersionId, weightPercent, mirrorVersionId, mirrorPercent }: AdapterRoute) => ({
  candidateVersionId,
  weightPercent,
  mirrorVersionId,
  mirrorPercent,
});
