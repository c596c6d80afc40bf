"use client";

import { EditDialog } from "#components/ui/form/edit-dialog.tsx";
import { FormText } from "#components/ui/form/form-fields.tsx";
import { useApiForm } from "#components/ui/form/use-api-form.ts";
import { useApiMutation } from "#components/ui/use-api.ts";

/** Why it was none. */
export function DismissDialog({ incidentId, onClose }: { incidentId: string; onClose: () => void }) {
  const dismiss = useApiMutation("POST /incidents/{incidentId}/dismiss", { onDone: onClose });
  const form = useApiForm({
    start: { reason: "" },
    callOf: (body) => ({
      schema: async () => (await import("#lib/incidents/browser/incident-schema.ts")).DismissIncident,
      body,
      send: () => dismiss.runAsync({ params: { incidentId }, body }),
    }),
  });
  return (
    <EditDialog
      form={form}
      onClose={onClose}
      title="Dismiss draft?"
      description="Use this when it was not an incident. Its alerts create no new draft. The draft stays under All."
      submitLabel="Dismiss draft"
    >
      <FormText form={form} name="reason" label="Reason" maxLength={500} />
    </EditDialog>
  );
}
