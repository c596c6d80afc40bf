"use client";

import { EditDialog } from "#components/ui/form/edit-dialog.tsx";
import { FormSelect, FormText } from "#components/ui/form/form-fields.tsx";
import { useApiForm } from "#components/ui/form/use-api-form.ts";
import { useApiMutation } from "#components/ui/use-api.ts";

const HOUR = 60;
const DURATIONS = [
  { value: 30, label: "30 min" },
  { value: HOUR, label: "1 h" },
  { value: 4 * HOUR, label: "4 h" },
  { value: 24 * HOUR, label: "1 day" },
  { value: 7 * 24 * HOUR, label: "7 days" },
];

type SilenceDialogProps = { alertId: string; open: boolean; onOpenChange: (open: boolean) => void };

/** For how long, and why. */
export function SilenceDialog({ alertId, open, onOpenChange }: SilenceDialogProps) {
  const close = () => onOpenChange(false);
  const silence = useApiMutation("POST /alerts/{alertId}/silence", { onDone: close });
  const form = useApiForm({
    start: { reason: "", minutes: HOUR },
    callOf: (body) => ({
      schema: async () => (await import("#lib/alerting/browser/alert-schema.ts")).SilenceAlert,
      body,
      send: () => silence.runAsync({ params: { alertId }, body }),
    }),
  });
  return (
    <EditDialog
      form={form}
      open={open}
      onClose={close}
      title="Mute alert?"
      description="Notifications for this rule on this object are muted, even if it fires again. The alert stays in the list."
      submitLabel="Mute alert"
    >
      <FormText form={form} name="reason" label="Reason" />
      <FormSelect form={form} name="minutes" label="Duration" options={DURATIONS} />
    </EditDialog>
  );
}
