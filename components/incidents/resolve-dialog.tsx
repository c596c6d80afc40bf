"use client";

import { EditDialog } from "#components/ui/form/edit-dialog.tsx";
import { FormText } from "#components/ui/form/form-fields.tsx";
import { useApiForm } from "#components/ui/form/use-api-form.ts";
import { useApiMutation } from "#components/ui/use-api.ts";
import { MOMENT } from "./incident-words.ts";

/** Since when customers are served again. */
export function ResolveDialog({ incidentId, onClose }: { incidentId: string; onClose: () => void }) {
  const resolve = useApiMutation("POST /incidents/{incidentId}/resolve", { onDone: onClose });
  const form = useApiForm({
    start: { endedAt: "" },
    callOf: ({ endedAt }) => {
      const body = endedAt === "" ? {} : { endedAt };
      return {
        schema: async () => (await import("#lib/incidents/browser/incident-schema.ts")).ResolveIncident,
        body,
        send: () => resolve.runAsync({ params: { incidentId }, body }),
      };
    },
  });
  return (
    <EditDialog
      form={form}
      onClose={onClose}
      size="sm"
      title="Resolve incident?"
      description="Requests are counted until that time. Customers are notified when you publish an update."
      submitLabel="Resolve incident"
    >
      <FormText
        form={form}
        name="endedAt"
        as={MOMENT}
        type="datetime-local"
        step={1}
        label="Ended"
        hint="In UTC. Leave empty for now."
      />
    </EditDialog>
  );
}
