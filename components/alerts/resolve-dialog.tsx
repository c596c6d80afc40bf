"use client";

import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { fieldError } from "#components/ui/field-error.ts";
import { TextField } from "#components/ui/text-field.tsx";
import { useApiMutation } from "#components/ui/use-api.ts";

const SHORTEST_REASON = 3;

type ResolveDialogProps = { alertId: string; open: boolean; onOpenChange: (open: boolean) => void };

/** Why it is over, where nobody can see that it is. */
export function ResolveDialog({ alertId, open, onOpenChange }: ResolveDialogProps) {
  const [reason, setReason] = useState("");
  const resolve = useApiMutation("POST /alerts/{alertId}/resolve", { onDone: () => onOpenChange(false) });
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="Resolve alert?"
      description="Everyone who got the alert is notified that it is resolved. If the rule fires again, a new alert opens."
      footer={
        <>
          <Button onClick={() => onOpenChange(false)}>Cancel</Button>
          <Button
            variant="primary"
            pending={resolve.isPending}
            disabledReason={reason.trim().length < SHORTEST_REASON ? "Enter a reason first." : undefined}
            onClick={() => resolve.run({ params: { alertId }, body: { reason } })}
          >
            Resolve alert
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
          error={fieldError(resolve.problem, "reason")}
        />
        {resolve.problem && <ErrorState problem={resolve.problem} size="inline" />}
      </div>
    </Dialog>
  );
}
