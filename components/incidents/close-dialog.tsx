"use client";

import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { fieldError } from "#components/ui/field-error.ts";
import { FormProblem } from "#components/ui/form-problem.tsx";
import { Textarea } from "#components/ui/input.tsx";
import { useApiMutation } from "#components/ui/use-api.ts";

const FIELDS = [
  { key: "cause", label: "Cause", hint: "The cause, as far as it is known.", optional: false },
  { key: "done", label: "What was done", hint: "What resolved it, and what was tried before.", optional: false },
  { key: "actions", label: "Open actions", hint: "Remaining work, and who does it.", optional: true },
] as const;

/** Its review: afterwards nothing of it changes. */
export function CloseDialog({ incidentId, onClose }: { incidentId: string; onClose: () => void }) {
  const [review, setReview] = useState({ cause: "", done: "", actions: "" });
  const close = useApiMutation("POST /incidents/{incidentId}/close", { onDone: onClose });
  const { problem } = close;
  const isMissing = review.cause.trim() === "" || review.done.trim() === "";
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title="Close incident?"
      description="The impact figures and the review document are frozen. A closed incident cannot be reopened."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            variant="primary"
            pending={close.isPending}
            disabledReason={isMissing ? "Enter the cause and what was done first." : undefined}
            onClick={() => close.run({ params: { incidentId }, body: review })}
          >
            Close incident
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        {FIELDS.map(({ key, label, hint, optional }) => (
          <Field key={key} label={label} hint={hint} optional={optional} error={fieldError(problem, key)}>
            {(control) => (
              <Textarea
                {...control}
                value={review[key]}
                maxLength={8_000}
                onChange={(event) => setReview({ ...review, [key]: event.target.value })}
              />
            )}
          </Field>
        ))}
        <FormProblem problem={problem} fields={Object.keys(review)} />
      </div>
    </Dialog>
  );
}
