import type { Ctx } from "#lib/identity/ctx.ts";
import { annotatedRefs } from "#lib/metrics/marks/mark-store.ts";
import { recordAnnotation } from "#lib/metrics/marks/record-annotation.ts";
import { originsThatMayEnd } from "./moving-in-store.ts";

/** A worker that was away longer than this says nothing about it any more. */
const NOTED_FOR_MS = 30 * 24 * 3_600_000;

/** Adapters whose origin may be switched off, and nobody has said so yet. Reads only. */
export async function unnotedOrigins({ tx, clock }: Ctx) {
  const now = clock.now();
  const due = await originsThatMayEnd(tx, new Date(now.getTime() - NOTED_FOR_MS), now);
  if (due.length === 0) return [];
  const noted = await annotatedRefs(tx, {
    kind: "origin",
    refIds: due.map(({ adapterId }) => adapterId),
    since: new Date(now.getTime() - NOTED_FOR_MS),
  });
  return due.filter(
    ({ adapterId, originUntil }) =>
      !noted.some(({ refId, at }) => refId === adapterId && at.getTime() >= originUntil.getTime()),
  );
}

/** Writes the dated note of each on the time line, at the moment from which it may go. */
export async function noteOrigins(ctx: Ctx): Promise<void> {
  for (const { adapterId, tenantId, adapterSlug, tenantName, originUntil } of await unnotedOrigins(ctx))
    await recordAnnotation(ctx, {
      kind: "origin",
      title: `${adapterSlug} of ${tenantName}: its origin may be switched off`,
      tenantId,
      ref: { type: "adapter", id: adapterId },
      at: originUntil,
    });
}
