"use client";

import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { Field } from "#components/ui/field.tsx";
import { fieldError } from "#components/ui/field-error.ts";
import { Select } from "#components/ui/input.tsx";
import { TextField } from "#components/ui/text-field.tsx";
import { useApiMutation } from "#components/ui/use-api.ts";

const HOUR = 60;
const DURATIONS = [
  { value: "30", label: "30 min" },
  { value: String(HOUR), label: "1 h" },
  { value: String(4 * HOUR), label: "4 h" },
  { value: String(24 * HOUR), label: "1 day" },
  { value: String(7 * 24 * HOUR), label: "7 days" },
];
const SHORTEST_REASON = 3;

type SilenceDialogProps = { alertId: string; open: boolean; onOpenChange: (open: boolean) => void };

/** For how long, and why. */
export function SilenceDialog({ alertId, open, onOpenChange }: SilenceDialogProps) {
  const [reason, setReason] = useState("");
  const [minutes, setMinutes] = useState(String(HOUR));
  const silence = useApiMutation("POST /alerts/{alertId}/silence", { onDone: () => onOpenChange(false) });
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="Mute alert?"
      description="Notifications for this rule on this object are muted, even if it fires again. The alert stays in the list."
      footer={
        <>
          <Button onClick={() => onOpenChange(false)}>Cancel</Button>
          <Button
            variant="primary"
            pending={silence.isPending}
            disabledReason={reason.trim().length < SHORTEST_REASON ? "Enter a reason first." : undefined}
            onClick={() => silence.run({ params: { alertId }, body: { reason, minutes: Number(minutes) } })}
          >
            Mute alert
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <TextField
          label="Reason"
          value={reason}
          onChange={setReason}
          maxLength={500}
          error={fieldError(silence.problem, "reason")}
        />
        <Field label="Duration" error={fieldError(silence.problem, "minutes")}>
          {(control) => (
            <Select
              {...control}
              value={minutes}
              onChange={(event) => setMinutes(event.target.value)}
              options={DURATIONS}
            />
          )}
        </Field>
        {silence.problem && <ErrorState problem={silence.problem} size="inline" />}
      </div>
    </Dialog>
  );
}
