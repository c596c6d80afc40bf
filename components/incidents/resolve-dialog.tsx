"use client";

import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { fieldError } from "#components/ui/field-error.ts";
import { useApiMutation } from "#components/ui/use-api.ts";
import { MomentField } from "./incident-fields.tsx";
import { momentOfField } from "./incident-words.ts";

/** Since when customers are served again. */
export function ResolveDialog({ incidentId, onClose }: { incidentId: string; onClose: () => void }) {
  const [end, setEnd] = useState("");
  const resolve = useApiMutation("POST /incidents/{incidentId}/resolve", { onDone: onClose });
  const { problem } = resolve;
  const body = end === "" ? {} : { endedAt: momentOfField(end) };
  return (
    <Dialog
      open
      onOpenChange={onClose}
      size="sm"
      title="Resolve incident?"
      description="Requests are counted until that time. Customers are notified when you publish an update."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            variant="primary"
            pending={resolve.isPending}
            onClick={() => resolve.run({ params: { incidentId }, body })}
          >
            Resolve incident
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <MomentField
          label="Ended"
          hint="In UTC. Leave empty for now."
          value={end}
          onChange={setEnd}
          error={fieldError(problem, "endedAt")}
        />
        {problem && fieldError(problem, "endedAt") === null && <ErrorState problem={problem} size="inline" />}
      </div>
    </Dialog>
  );
}
