"use client";

import { Button } from "./button.tsx";
import { ErrorState } from "./error-state.tsx";
import { FormText } from "./form/form-fields.tsx";
import { type FormCall, useApiForm, useFormValues } from "./form/use-api-form.ts";
import { useDenied } from "./reader.tsx";

type NoteFormProps = {
  callOf: (note: { text: string }) => FormCall;
  maxLength: number;
  hint?: string;
};

/** What somebody on call writes down for the others; it is empty again once that is kept. */
export function NoteForm({ callOf, maxLength, hint }: NoteFormProps) {
  const denied = useDenied("fleet.operate");
  const form = useApiForm({ start: { text: "" }, followsStart: true, callOf });
  const { text } = useFormValues(form);
  return (
    <form onSubmit={form.submit} className="flex flex-col gap-2">
      <FormText form={form} name="text" label="New note" hint={hint} maxLength={maxLength} />
      {form.problem && <ErrorState problem={form.problem} size="inline" />}
      <Button
        type="submit"
        className="self-start"
        pending={form.isSending}
        disabledReason={denied ?? (text.trim() === "" ? "Enter a note first." : undefined)}
      >
        Add note
      </Button>
    </form>
  );
}
