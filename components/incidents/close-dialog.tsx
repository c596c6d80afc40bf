"use client";

import { EditDialog } from "#components/ui/form/edit-dialog.tsx";
import { FormTextarea } from "#components/ui/form/form-fields.tsx";
import { useApiForm } from "#components/ui/form/use-api-form.ts";
import { useApiMutation } from "#components/ui/use-api.ts";

const LONGEST = 8_000;

/** Its review: afterwards nothing of it changes. */
export function CloseDialog({ incidentId, onClose }: { incidentId: string; onClose: () => void }) {
  const close = useApiMutation("POST /incidents/{incidentId}/close", { onDone: onClose });
  const form = useApiForm({
    start: { cause: "", done: "", actions: "" },
    callOf: (body) => ({
      schema: async () => (await import("#lib/incidents/browser/incident-schema.ts")).CloseIncident,
      body,
      send: () => close.runAsync({ params: { incidentId }, body }),
    }),
  });
  return (
    <EditDialog
      form={form}
      onClose={onClose}
      title="Close incident?"
      description="The impact figures and the review document are frozen. A closed incident cannot be reopened."
      submitLabel="Close incident"
    >
      <FormTextarea
        form={form}
        name="cause"
        label="Cause"
        hint="The cause, as far as it is known."
        maxLength={LONGEST}
      />
      <FormTextarea
        form={form}
        name="done"
        label="What was done"
        hint="What resolved it, and what was tried before."
        maxLength={LONGEST}
      />
      <FormTextarea
        form={form}
        name="actions"
        label="Open actions"
        hint="Remaining work, and who does it."
        optional
        maxLength={LONGEST}
      />
    </EditDialog>
  );
}
