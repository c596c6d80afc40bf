"use client";

import { Button } from "./button.tsx";
import { ErrorState } from "./error-state.tsx";
import { FormText } from "./form/form-fields.tsx";
import { type FormCall, useApiForm } from "./form/use-api-form.ts";
import { useDenied } from "./reader.tsx";

type NoteFormProps = {
  callOf: (note: { text: string }) => FormCall;
  maxLength: number;
  hint?: string;
};

/** What somebody on call writes down for the others; it is empty again once that is kept. */
export function NoteForm({ callOf, maxLength, hint }: NoteFormProps) {
  const denied = useDenied("fleet.operate");
  const form = useApiForm({ start: { text: "" }, followsStart: true, denied, callOf });
  return (
    <form onSubmit={form.submit} className="flex flex-col gap-2" noValidate>
      <FormText form={form} name="text" label="New note" hint={hint} maxLength={maxLength} />
      {form.problem && <ErrorState problem={form.problem} size="inline" />}
      <Button type="submit" className="self-start" pending={form.isSending} disabledReason={form.denied}>
        Add note
      </Button>
    </form>
  );
}
