"use client";

import { EditDialog } from "#components/ui/form/edit-dialog.tsx";
import { FormText } from "#components/ui/form/form-fields.tsx";
import { useApiForm } from "#components/ui/form/use-api-form.ts";
import { useApiMutation } from "#components/ui/use-api.ts";

type ResolveDialogProps = { alertId: string; open: boolean; onOpenChange: (open: boolean) => void };

/** Why it is over, where nobody can see that it is. */
export function ResolveDialog({ alertId, open, onOpenChange }: ResolveDialogProps) {
  const close = () => onOpenChange(false);
  const resolve = useApiMutation("POST /alerts/{alertId}/resolve", { onDone: close });
  const form = useApiForm({
    start: { reason: "" },
    callOf: (body) => ({
      schema: async () => (await import("#lib/alerting/browser/alert-schema.ts")).ResolveAlert,
      body,
      send: () => resolve.runAsync({ params: { alertId }, body }),
    }),
  });
  return (
    <EditDialog
      form={form}
      open={open}
      onClose={close}
      title="Resolve alert?"
      description="Everyone who got the alert is notified that it is resolved. If the rule fires again, a new alert opens."
      submitLabel="Resolve alert"
    >
      <FormText form={form} name="reason" label="Reason" maxLength={500} />
    </EditDialog>
  );
}
