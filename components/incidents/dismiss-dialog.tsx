"use client";

import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { fieldError } from "#components/ui/field-error.ts";
import { TextField } from "#components/ui/text-field.tsx";
import { useApiMutation } from "#components/ui/use-api.ts";

const SHORTEST_REASON = 3;

/** Why it was none. */
export function DismissDialog({ incidentId, onClose }: { incidentId: string; onClose: () => void }) {
  const [reason, setReason] = useState("");
  const dismiss = useApiMutation("POST /incidents/{incidentId}/dismiss", { onDone: onClose });
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title="Dismiss draft?"
      description="Use this when it was not an incident. Its alerts create no new draft. The draft stays under All."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            variant="primary"
            pending={dismiss.isPending}
            disabledReason={reason.trim().length < SHORTEST_REASON ? "Enter a reason first." : undefined}
            onClick={() => dismiss.run({ params: { incidentId }, body: { reason } })}
          >
            Dismiss draft
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
          error={fieldError(dismiss.problem, "reason")}
        />
        {dismiss.problem && <ErrorState problem={dismiss.problem} size="inline" />}
      </div>
    </Dialog>
  );
}
