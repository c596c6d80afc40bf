import { createHash } from "node:crypto";
import type { Download } from "#lib/http/download.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import type { Impact } from "./browser/incident-schema.ts";
import { requireIncident, requireState } from "./change-incident.ts";
import { countImpact } from "./count-impact.ts";
import { type IncidentRecord, listLinks, namesOfPools } from "./incident-store.ts";
import { readTimeline } from "./read-timeline.ts";
import { readPublished } from "./show-incident.ts";
import { writeReview } from "./write-review.ts";

/** The review of an incident as it stands, or as somebody is about to close it. */
export async function readReview(ctx: Ctx, incident: IncidentRecord, impact: Impact): Promise<string> {
  const { id, poolId, cause, done, actions } = incident;
  const pools = await namesOfPools(ctx.tx, [poolId]);
  const links = await listLinks(ctx.tx, id);
  return writeReview({
    id,
    title: incident.title,
    severity: incident.severity,
    isFinal: incident.state === "closed",
    startedAt: incident.startedAt,
    endedAt: incident.endedAt,
    poolName: poolId === null ? null : (pools.get(poolId) ?? poolId),
    tenantNames: incident.tenants.map(({ name }) => name),
    createdBy: incident.createdBy,
    heldBy: incident.heldBy,
    alerts: links.map(({ alertId, title }) => ({ id: alertId, title })),
    review: cause === null || done === null ? null : { cause, done, actions: actions ?? "" },
    impact,
    timeline: await readTimeline(ctx, incident),
    published: await readPublished(ctx, id),
  });
}

/**
 * The review document as a file: of a closed incident as it was written then, of another as it is now.
 * @throws AppError `not_found`, or `conflict` (`wrong_state`) for a draft or one that was dismissed
 */
export async function downloadReview(ctx: Ctx, incidentId: string): Promise<Download> {
  const incident = await requireIncident(ctx, incidentId);
  requireState(incident, ["open", "resolved", "closed"], "reviewed");
  const text =
    incident.document ?? (await readReview(ctx, incident, await countImpact(ctx.tx, incident, ctx.clock.now())));
  const bytes = new TextEncoder().encode(text);
  return {
    sizeBytes: bytes.byteLength,
    etag: createHash("sha256").update(bytes).digest("hex"),
    open: async (start, end) => new Blob([bytes.slice(start, end + 1)]).stream(),
  };
}
