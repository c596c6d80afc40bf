"use client";

import { AlertPage } from "#components/alerts/alert-page.tsx";
import { ControlButton } from "#components/controls/control-button.tsx";
import { OpenIncidentButton } from "#components/incidents/open-incident-button.tsx";
import type { AlertDetail, SuggestedAction } from "#lib/alerting/browser/alert-schema.ts";

/** The alert, the controls that it suggests, and the way to an incident with its scope and start. */
export function Triage({ alertId }: { alertId: string }) {
  return <AlertPage alertId={alertId} control={controlFor} openIncident={openIncident} />;
}

function controlFor({ control, objectId, objectName }: SuggestedAction) {
  if (control === null || objectId === null) return null;
  const name = objectName ?? "it";
  const isOfNode = control === "cordon" || control === "drain";
  const object = isOfNode
    ? { type: "node" as const, nodeId: objectId, name }
    : { type: "tenant" as const, tenantId: objectId, name };
  return <ControlButton kind={control} object={object} />;
}

function openIncident({ id, title, subject, severity, startedAt, evidence, hit, hitCounted }: AlertDetail) {
  // who was late, refused or answered by a fallback; where that is not counted, whom it concerns
  const tenantIds = hitCounted === null ? evidence.tenantIds : hit.map((tenant) => tenant.id);
  const draft = {
    title: `${title}: ${subject.name}`,
    severity: severity === "critical" ? ("critical" as const) : ("major" as const),
    startedAt,
    poolId: subject.poolId,
    tenantIds: subject.tenantId === null ? tenantIds : [subject.tenantId],
  };
  return <OpenIncidentButton from={{ alertId: id, draft }} />;
}
