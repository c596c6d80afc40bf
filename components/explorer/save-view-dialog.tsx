"use client";

import { EditDialog } from "#components/ui/form/edit-dialog.tsx";
import { FormText } from "#components/ui/form/form-fields.tsx";
import { useApiForm } from "#components/ui/form/use-api-form.ts";
import { useApiMutation } from "#components/ui/use-api.ts";

/** Keeps scope, charts and range as the address has them now. */
export function SaveViewDialog({ onClose }: { onClose: () => void }) {
  const save = useApiMutation("POST /chart-views", { onDone: onClose });
  const form = useApiForm({
    start: { name: "" },
    callOf: ({ name }) => {
      const body = { name, search: window.location.search };
      return {
        schema: async () => (await import("#lib/metrics/browser/chart-view-schema.ts")).SaveChartView,
        body,
        send: () => save.runAsync({ body }),
      };
    },
  });
  return (
    <EditDialog
      form={form}
      onClose={onClose}
      title="Save view?"
      description="Saves the current scope, charts, split and range for all staff, under Saved views."
      submitLabel="Save view"
    >
      <FormText form={form} name="name" label="Name" />
    </EditDialog>
  );
}
