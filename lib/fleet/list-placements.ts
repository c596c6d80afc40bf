import type { Page, PageQuery } from "#lib/http/schema.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { NOT_POLLED, placementState } from "./placement-condition.ts";
import type { Placement } from "./schema.ts";
import { holdsOfPlacements, nodeNames, pageOfPlacements, registrationsOf } from "./store.ts";

/** Where versions should be and how far they are. Customers see their own, without nodes' names and without holds. */
export async function listPlacements(
  ctx: Ctx,
  query: PageQuery & { versionId?: string; nodeId?: string },
): Promise<Page<Placement>> {
  const { tx } = ctx;
  const page = await pageOfPlacements(tx, query);
  const registrations = await registrationsOf(
    tx,
    page.items.map(({ versionId }) => versionId),
  );
  const isStaff = ctx.scope.kind === "platform";
  const names = isStaff
    ? await nodeNames(
        tx,
        page.items.map(({ nodeId }) => nodeId),
      )
    : [];
  const holds = isStaff
    ? await holdsOfPlacements(
        tx,
        page.items.map(({ id }) => id),
      )
    : [];
  const items = page.items.map((row): Placement => {
    const registration = registrations.find((r) => r.versionId === row.versionId && r.nodeId === row.nodeId);
    return {
      id: row.id,
      tenantId: row.tenantId,
      versionId: row.versionId,
      nodeId: row.nodeId,
      nodeName: names.find(({ id }) => id === row.nodeId)?.name ?? null,
      desire: row.desire,
      state: placementState(row.desire, row.condition),
      reason: row.condition?.reason ?? NOT_POLLED.reason,
      message: row.condition?.message ?? NOT_POLLED.message,
      since: row.condition?.lastTransitionTime ?? row.createdAt.toISOString(),
      updating: row.observedGeneration < row.generation,
      attempts: row.attempts,
      nextAttemptAt: row.nextAttemptAt?.toISOString() ?? null,
      loadedAt: registration?.loadedAt.toISOString() ?? null,
      probe: registration?.probe ?? null,
      holds: holds.filter((hold) => hold.placementId === row.id).map(({ holder, reason }) => ({ holder, reason })),
    };
  });
  return { items, nextCursor: page.nextCursor };
}
