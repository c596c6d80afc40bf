import type { CustomerUpdate } from "#lib/incidents/browser/incident-schema.ts";

/** Updates of each incident together, as they come: the newest first, and the incident with the newest first. */
export function byIncident(updates: readonly CustomerUpdate[]): [CustomerUpdate, ...CustomerUpdate[]][] {
  const groups = new Map<string, [CustomerUpdate, ...CustomerUpdate[]]>();
  for (const update of updates) {
    const group = groups.get(update.incidentId);
    if (group) group.push(update);
    else groups.set(update.incidentId, [update]);
  }
  return [...groups.values()];
}
