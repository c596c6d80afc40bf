"use client";

import { EditDialog } from "../ui/form/edit-dialog.tsx";
import { NUMBER } from "../ui/form/field-text.ts";
import { FormText } from "../ui/form/form-fields.tsx";
import { useApiForm } from "../ui/form/use-api-form.ts";
import { notify } from "../ui/toast.tsx";
import { useApiMutation } from "../ui/use-api.ts";

const USUAL_SECONDS = 60;

type Props = {
  /** null = none is set yet. */
  everySeconds: number | null;
  onClose: () => void;
};

/** The address is entered here and shown nowhere. */
export function DeadManDialog({ everySeconds, onClose }: Props) {
  const save = useApiMutation("PUT /dead-man-switch", {
    onDone: (saved) => {
      notify({ title: `${saved.host} is called every ${saved.everySeconds} s while Switchyard is healthy` });
      onClose();
    },
  });
  const form = useApiForm({
    start: { url: "", everySeconds: everySeconds ?? USUAL_SECONDS },
    callOf: (body) => ({
      schema: async () => (await import("#lib/journey/browser/dead-man-schema.ts")).SetDeadManSwitch,
      body,
      send: () => save.runAsync({ body }),
    }),
  });
  return (
    <EditDialog
      form={form}
      onClose={onClose}
      title="Dead man's switch"
      description="Switchyard sends a POST to this address while it is healthy. The address is encrypted on arrival and never shown again."
      submitLabel="Save address"
    >
      <FormText
        form={form}
        name="url"
        label="Address"
        inputMode="url"
        hint="Such as the ping URL of a check at your monitoring service."
        autoFocus
      />
      <FormText
        form={form}
        name="everySeconds"
        as={NUMBER}
        label="Seconds between calls"
        inputMode="numeric"
        hint="30 to 3,600. The service should page only after three missed calls."
      />
    </EditDialog>
  );
}
