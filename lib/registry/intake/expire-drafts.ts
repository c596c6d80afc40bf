import { audit } from "#lib/identity/audit.ts";
import { type Deps, systemRead, systemWrite } from "#lib/identity/ctx.ts";
import { type Fence, requireTerm } from "#lib/platform/lease.ts";
import { DRAFT_IDLE_MS } from "../versions/draft-expiry.ts";
import { lockVersion } from "../versions/version-store.ts";
import { giveUpDraft, listIdleDrafts } from "./draft-store.ts";

/** Drafts given up in one run; the next run takes the rest. */
const BATCH = 100;

/**
 * Gives up drafts to which nothing came for `DRAFT_IDLE_MS`: each becomes deleted, with the reason, and its number stays
 * taken. Their bytes are then nobody's, and the sweep removes them.
 * @returns how many were given up
 */
export async function expireDrafts(deps: Deps, fence?: Fence): Promise<number> {
  const before = new Date(deps.clock.now().getTime() - DRAFT_IDLE_MS);
  const idle = await systemRead(deps, "intake", (ctx) => listIdleDrafts(ctx.tx, before, BATCH));
  let given = 0;
  for (const versionId of idle)
    await systemWrite(deps, "intake", async (ctx) => {
      if (fence) await requireTerm(ctx.tx, fence);
      // a chunk may have come meanwhile
      const isIdle = (await listIdleDrafts(ctx.tx, before, 1, versionId)).length > 0;
      if ((await lockVersion(ctx.tx, versionId))?.state !== "draft" || !isIdle) return;
      const reason = `Nothing arrived for ${DRAFT_IDLE_MS / 86_400_000} days.`;
      const version = await giveUpDraft(ctx.tx, versionId, { reason, at: ctx.clock.now() });
      await audit(ctx, {
        action: "version.expire",
        object: { type: "version", id: versionId },
        tenantId: version.tenantId,
        before: { state: "draft" },
        after: { state: "deleted", number: version.number },
        reason,
      });
      given += 1;
    });
  return given;
}
