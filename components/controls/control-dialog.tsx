"use client";

import { ConsequenceView } from "#components/ui/consequence-view.tsx";
import { DRAIN_DEADLINES } from "#components/ui/drain-deadlines.ts";
import { EditDialog } from "#components/ui/form/edit-dialog.tsx";
import { FormSelect, FormText } from "#components/ui/form/form-fields.tsx";
import { useApiForm, useFormValues } from "#components/ui/form/use-api-form.ts";
import { notify } from "#components/ui/toast.tsx";
import { useApiMutation } from "#components/ui/use-api.ts";
import { useConsequences } from "#components/ui/use-consequences.ts";
import { CONTROL_MINUTES, type ControlKind, DRAIN_SECONDS } from "#lib/fleet/browser/control-kinds.ts";
import { actionLabel, type ControlObject, DURATIONS, dialogTitle, idsOf, TOUCHED } from "./control-words.ts";

type ControlDialogProps = {
  kind: ControlKind;
  object: ControlObject;
  open: boolean;
  onOpenChange: (open: boolean) => void;
};

/** Says what would follow, asks why and for how long, and sets it. */
export function ControlDialog({ kind, object, open, onOpenChange }: ControlDialogProps) {
  const close = () => onOpenChange(false);
  const whatOf = (deadlineSeconds: number) => ({ ...idsOf(object), ...(kind === "drain" ? { deadlineSeconds } : {}) });
  const start = useApiMutation("POST /controls", {
    alsoRefresh: TOUCHED,
    onDone: ({ title }) => {
      close();
      notify({ title, detail: "Active at the gateway within 2 s.", tone: "ok" });
    },
  });
  const form = useApiForm({
    start: { reason: "", minutes: CONTROL_MINUTES.default, deadlineSeconds: DRAIN_SECONDS },
    callOf: ({ reason, minutes, deadlineSeconds }) => {
      const body = { kind, ...whatOf(deadlineSeconds), reason, minutes };
      return {
        schema: async () => (await import("#lib/fleet/browser/control-schema.ts")).StartControl,
        body,
        send: () => start.runAsync({ body }),
      };
    },
  });
  const consequences = useConsequences({ action: kind, ...whatOf(useFormValues(form).deadlineSeconds) }, open);
  const isHard = kind === "shed" || (consequences.data?.withoutAnswer.count ?? 0) > 0;
  return (
    <EditDialog
      form={form}
      open={open}
      onClose={close}
      title={dialogTitle(kind, object)}
      submitLabel={actionLabel(kind, object)}
      tone={isHard ? "danger" : "primary"}
      disabledReason={consequences.data?.blockers[0]?.message}
    >
      <ConsequenceView {...consequences} />
      <FormText
        form={form}
        name="reason"
        label="Reason"
        hint="Shown to your team while the override is active, and kept in the audit trail."
        maxLength={500}
      />
      <div className="grid gap-4 sm:grid-cols-2">
        <FormSelect
          form={form}
          name="minutes"
          label="Duration"
          hint="Expires automatically unless renewed."
          options={DURATIONS}
        />
        {kind === "drain" && (
          <FormSelect form={form} name="deadlineSeconds" label="Deadline" options={DRAIN_DEADLINES} />
        )}
      </div>
    </EditDialog>
  );
}
