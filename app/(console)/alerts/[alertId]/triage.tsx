"use client";

import { AlertPage } from "#components/alerts/alert-page.tsx";
import { ControlButton } from "#components/controls/control-button.tsx";
import type { AlertDetail, SuggestedAction } from "#lib/telemetry/browser/alert-schema.ts";

/** The alert, and the controls that it suggests. */
export function Triage({ initial }: { initial: AlertDetail }) {
  return <AlertPage initial={initial} control={controlFor} />;
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
