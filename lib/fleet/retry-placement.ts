import { audit } from "#lib/identity/audit.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { conflict, notFound } from "#lib/platform/errors.ts";
import { listPlacements } from "./list-placements.ts";
import { placementState } from "./placement-condition.ts";
import type { Placement } from "./schema.ts";
import { getPlacement, retryFailed } from "./store.ts";

/**
 * Forgets how often a placement failed, so that the next poll tries it again: bytes, load and proof from the start.
 * @throws AppError `conflict` (`nothing_to_retry`) when it works, or nobody wants it any more
 */
export async function retryPlacement(ctx: Ctx, placementId: string): Promise<Placement> {
  const before = await getPlacement(ctx.tx, placementId);
  if (!before) throw notFound("placement");
  if (before.desire === "absent" || placementState(before.desire, before.condition) === "routable")
    throw conflict(
      "nothing_to_retry",
      before.desire === "absent" ? "It is no longer wanted on this node." : "It is routable already.",
      "Look at the placements that failed.",
    );
  await retryFailed(ctx.tx, before.versionId, [before.nodeId]);
  await audit(ctx, {
    action: "placement.retry",
    object: { type: "placement", id: before.id },
    tenantId: before.tenantId,
    before: {
      attempts: before.attempts,
      nextAttemptAt: before.nextAttemptAt,
      reason: before.condition?.reason ?? null,
    },
    after: { attempts: 0 },
  });
  const { versionId, nodeId } = before;
  const { items } = await listPlacements(ctx, { versionId, nodeId, limit: 1 });
  const [after] = items;
  if (!after) throw notFound("placement");
  return after;
}
