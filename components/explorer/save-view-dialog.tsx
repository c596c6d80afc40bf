"use client";

import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { fieldError } from "#components/ui/field-error.ts";
import { TextField } from "#components/ui/text-field.tsx";
import { useApiMutation } from "#components/ui/use-api.ts";

type SaveViewDialogProps = { open: boolean; onOpenChange: (open: boolean) => void };

/** Keeps scope, charts and range as the address has them now. */
export function SaveViewDialog({ open, onOpenChange }: SaveViewDialogProps) {
  const [name, setName] = useState("");
  const save = useApiMutation("POST /chart-views", {
    onDone: () => {
      setName("");
      onOpenChange(false);
    },
  });
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="Save view?"
      description="Saves the current scope, charts, split and range for all staff, under Saved views."
      footer={
        <>
          <Button onClick={() => onOpenChange(false)}>Cancel</Button>
          <Button
            variant="primary"
            pending={save.isPending}
            disabledReason={name.trim() === "" ? "Enter a name first." : undefined}
            onClick={() => save.run({ body: { name, search: window.location.search } })}
          >
            Save view
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <TextField
          label="Name"
          value={name}
          onChange={setName}
          maxLength={80}
          error={fieldError(save.problem, "name")}
        />
        {save.problem && <ErrorState problem={save.problem} size="inline" />}
      </div>
    </Dialog>
  );
}
