import { momentText } from "#lib/alerting/alerts/alert-sentence.ts";
import type { Incident } from "./browser/incident-schema.ts";
import type { IncidentRecord } from "./incident-store.ts";

/** An incident as the API shows it. */
export function toIncident(row: IncidentRecord, pools: ReadonlyMap<string, string>, now: Date): Incident {
  const { poolId } = row;
  return {
    id: row.id,
    title: row.title,
    severity: row.severity,
    state: row.state,
    sentence: incidentSentence(row, now),
    startedAt: row.startedAt.toISOString(),
    endedAt: row.endedAt?.toISOString() ?? null,
    // a pool that was removed since keeps its id
    pool: poolId === null ? null : { id: poolId, name: pools.get(poolId) ?? poolId },
    tenants: row.tenants,
    createdAt: row.createdAt.toISOString(),
    createdBy: row.createdBy,
    heldBy: row.heldBy,
    heldAt: row.heldAt?.toISOString() ?? null,
    dismissReason: row.dismissReason,
    closedAt: row.closedAt?.toISOString() ?? null,
    generation: row.generation,
  };
}

/** Where it stands, and whose it is, for somebody who opens it cold. */
export function incidentSentence(
  { state, startedAt, endedAt, heldBy, dismissReason }: IncidentRecord,
  now: Date,
): string {
  const since = `since ${momentText(startedAt, now)}`;
  const ended = endedAt === null ? since : `from ${momentText(startedAt, now)} to ${momentText(endedAt, now)}`;
  switch (state) {
    case "draft":
      return `Drafted: it is ongoing ${since}. It has not been accepted yet.`;
    case "open":
      return `Ongoing ${since}. ${heldBy === null ? "Unassigned." : `Assigned to ${heldBy}.`}`;
    case "resolved":
      return `It was over, ${ended}. Its review is still to be written.`;
    case "closed":
      return `It was over, ${ended}, and is reviewed.`;
    case "dismissed":
      return `It was no incident: ${dismissReason ?? ""}`;
  }
}
