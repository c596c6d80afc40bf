import type { Ctx } from "#lib/identity/ctx.ts";
import { conflict, notFound } from "#lib/platform/errors.ts";
import type { Adapter } from "../schema.ts";
import { writeRollback } from "../versions/rollback-store.ts";
import { getVersion, lockVersion } from "../versions/version-store.ts";
import { getAdapter } from "./adapter-store.ts";
import { updateRoute } from "./route-store.ts";

/**
 * Moves an adapter's live pointer; the version that was live becomes the previous one, and shares beside it end. What goes live is no longer marked as rolled back. Part of an
 * audited cutover or rollback, never called for itself.
 * @param input.expectedLiveVersionId what the caller believes is live; null = nothing
 * @param input.isRollback what was live has proven bad: it does not become the previous version, or fallbacks would reach it
 * @param input.originUntil until when its origin is kept as the way back; left out = as it was
 * @throws AppError `not_found`, or `conflict` (`route_moved`, `version_not_ready`, `already_live`)
 */
export async function moveRoute(
  ctx: Ctx,
  input: {
    adapterId: string;
    toVersionId: string | null;
    expectedLiveVersionId: string | null;
    isRollback?: boolean;
    originUntil?: Date | null | undefined;
  },
): Promise<Adapter> {
  const { adapterId, toVersionId, expectedLiveVersionId, isRollback = false, originUntil } = input;
  if (toVersionId === expectedLiveVersionId) throw conflict("already_live", "That version is live already.");
  if (toVersionId !== null) {
    const version = (await lockVersion(ctx.tx, toVersionId)) && (await getVersion(ctx.tx, toVersionId));
    if (version === null || version.adapterId !== adapterId) throw notFound("version");
    if (version.state !== "ready")
      throw conflict(
        "version_not_ready",
        `Version ${version.number} is ${version.state}.`,
        "Choose a version that is ready.",
      );
  }
  const moved = await updateRoute(ctx.tx, {
    adapterId,
    toVersionId,
    expectedLiveVersionId,
    isRollback,
    originUntil,
    at: ctx.clock.now(),
  });
  if (moved && toVersionId !== null) await writeRollback(ctx.tx, toVersionId, null);
  const adapter = await getAdapter(ctx.tx, adapterId);
  if (adapter === null) throw notFound("adapter");
  if (!moved)
    throw conflict(
      "route_moved",
      "Another version went live since you loaded the page.",
      "Check which version is live now, then decide again.",
    );
  return adapter;
}
