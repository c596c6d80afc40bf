"use client";

import { type FormEvent, useState } from "react";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { fieldError } from "../ui/field-error.ts";
import { FormProblem } from "../ui/form-problem.tsx";
import { TextField } from "../ui/text-field.tsx";
import { notify } from "../ui/toast.tsx";
import { useApiMutation } from "../ui/use-api.ts";

const FORM = "dead-man";
const USUAL_SECONDS = 60;

type Props = {
  open: boolean;
  /** null = none is set yet. */
  everySeconds: number | null;
  onClose: () => void;
};

/** The address is entered here and shown nowhere. */
export function DeadManDialog({ open, everySeconds, onClose }: Props) {
  const [url, setUrl] = useState("");
  const [every, setEvery] = useState(String(everySeconds ?? USUAL_SECONDS));
  const save = useApiMutation("PUT /dead-man-switch", {
    onDone: ({ host }) => {
      notify({ title: `${host} is called every ${every} s while Switchyard is healthy` });
      setUrl("");
      onClose();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.run({ body: { url, everySeconds: Number(every) } });
  };
  return (
    <Dialog
      open={open}
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title="Dead man's switch"
      description="Switchyard sends a POST to this address while it is healthy. The address is encrypted on arrival and never shown again."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" type="submit" form={FORM} pending={save.isPending}>
            Save address
          </Button>
        </>
      }
    >
      <form id={FORM} onSubmit={submit} className="flex flex-col gap-4" noValidate>
        <TextField
          label="Address"
          inputMode="url"
          hint="Such as the ping URL of a check at your monitoring service."
          value={url}
          onChange={setUrl}
          error={fieldError(save.problem, "url")}
          autoFocus
        />
        <TextField
          label="Seconds between calls"
          inputMode="numeric"
          hint="30 to 3,600. The service should page only after three missed calls."
          value={every}
          onChange={setEvery}
          error={fieldError(save.problem, "everySeconds")}
        />
        <FormProblem problem={save.problem} fields={["url", "everySeconds"]} />
      </form>
    </Dialog>
  );
}
