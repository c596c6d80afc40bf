"use client";

import { type FormEvent, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { fieldError } from "#components/ui/field-error.ts";
import { useDenied } from "#components/ui/reader.tsx";
import { TextField } from "#components/ui/text-field.tsx";
import { Time } from "#components/ui/time.tsx";
import { useApiMutation } from "#components/ui/use-api.ts";
import type { AlertDetail } from "#lib/telemetry/browser/alert-schema.ts";

/** What those who looked at it found. */
export function AlertNotes({ alert: { id, notes } }: { alert: AlertDetail }) {
  const [text, setText] = useState("");
  const denied = useDenied("fleet.operate");
  const add = useApiMutation("POST /alerts/{alertId}/notes", { onDone: () => setText("") });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.run({ params: { alertId: id }, body: { text } });
  };
  return (
    <Card title="Notes">
      <ul className="flex flex-col gap-2">
        {notes.map((note) => (
          <li key={note.id}>
            <p className="whitespace-pre-wrap break-words text-md">{note.text}</p>
            <p className="text-xs text-fg-3">
              {note.by}, <Time at={note.at} zone="utc" />
            </p>
          </li>
        ))}
      </ul>
      <form onSubmit={submit} className="flex flex-col gap-2 pt-2">
        <TextField
          label="New note"
          value={text}
          onChange={setText}
          maxLength={2_000}
          error={fieldError(add.problem, "text") ?? add.problem?.detail ?? null}
        />
        <Button
          type="submit"
          className="self-start"
          pending={add.isPending}
          disabledReason={denied ?? (text.trim() === "" ? "Write something first." : undefined)}
        >
          Add note
        </Button>
      </form>
    </Card>
  );
}
