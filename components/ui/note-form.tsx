"use client";

import type { FormEvent } from "react";
import type { Problem } from "#lib/http/schema.ts";
import { Button } from "./button.tsx";
import { fieldError } from "./field-error.ts";
import { useDenied } from "./reader.tsx";
import { TextField } from "./text-field.tsx";

type NoteFormProps = {
  text: string;
  onText: (text: string) => void;
  /** Sends it; who uses the form empties it then. */
  onAdd: () => void;
  isPending: boolean;
  problem: Problem | null;
  maxLength: number;
  hint?: string;
};

/** What somebody on call writes down for the others. */
export function NoteForm({ text, onText, onAdd, isPending, problem, maxLength, hint }: NoteFormProps) {
  const denied = useDenied("fleet.operate");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onAdd();
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-2">
      <TextField
        label="New note"
        {...(hint === undefined ? {} : { hint })}
        value={text}
        onChange={onText}
        maxLength={maxLength}
        error={fieldError(problem, "text") ?? problem?.detail ?? null}
      />
      <Button
        type="submit"
        className="self-start"
        pending={isPending}
        disabledReason={denied ?? (text.trim() === "" ? "Enter a note first." : undefined)}
      >
        Add note
      </Button>
    </form>
  );
}
