"use client";

import { useState } from "react";
import { changedFields } from "#components/ui/form/changed-fields.ts";
import { EditDialog } from "#components/ui/form/edit-dialog.tsx";
import { useApiForm } from "#components/ui/form/use-api-form.ts";
import { useApiMutation } from "#components/ui/use-api.ts";
import type { Incident } from "#lib/incidents/browser/incident-schema.ts";
import { IncidentFields, type IncidentValues } from "./incident-fields.tsx";

const FIELDS = ["title", "severity", "startedAt", "endedAt", "poolId", "tenantIds"] as const;

const valuesOf = ({ title, severity, startedAt, endedAt, pool, tenants }: Incident): IncidentValues => ({
  title,
  severity,
  startedAt,
  endedAt: endedAt ?? "",
  poolId: pool?.id ?? null,
  tenantIds: tenants.map(({ id }) => id),
  asDraft: false,
});

/** What it says of itself; only what differs is sent. */
export function EditIncidentDialog({ incident, onClose }: { incident: Incident; onClose: () => void }) {
  // as it was when this was opened: what somebody else changes meanwhile is refused, not overwritten
  const [before] = useState({ values: valuesOf(incident), generation: incident.generation });
  const save = useApiMutation("PATCH /incidents/{incidentId}", { onDone: onClose });
  const form = useApiForm({
    start: before.values,
    callOf: (values) => {
      const body = changedFields(before.values, values, FIELDS);
      return {
        schema: async () => (await import("#lib/incidents/browser/incident-schema.ts")).UpdateIncident,
        body,
        send: () => save.runAsync({ params: { incidentId: incident.id }, generation: before.generation, body }),
      };
    },
  });
  return (
    <EditDialog
      form={form}
      onClose={onClose}
      title="Edit incident"
      submitLabel="Save changes"
      disabledReason={form.isDirty ? undefined : "No changes to save."}
    >
      <IncidentFields form={form} hasEnded={before.values.endedAt !== ""} />
    </EditDialog>
  );
}
