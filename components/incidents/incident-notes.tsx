"use client";

import { type FormEvent, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { fieldError } from "#components/ui/field-error.ts";
import { useDenied } from "#components/ui/reader.tsx";
import { TextField } from "#components/ui/text-field.tsx";
import { useApiMutation } from "#components/ui/use-api.ts";
import type { IncidentDetail } from "#lib/telemetry/browser/incident-schema.ts";

/** A note goes onto the time line; a closed incident takes none. */
export function IncidentNotes({ incident: { id, state } }: { incident: IncidentDetail }) {
  const [text, setText] = useState("");
  const denied = useDenied("fleet.operate");
  const add = useApiMutation("POST /incidents/{incidentId}/notes", { onDone: () => setText("") });
  if (state === "closed" || state === "dismissed") return null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.run({ params: { incidentId: id }, body: { text } });
  };
  return (
    <Card title="Note for staff">
      <form onSubmit={submit} className="flex flex-col gap-2">
        <TextField
          label="New note"
          hint="It stands on the timeline. No customer reads it."
          value={text}
          onChange={setText}
          maxLength={4_000}
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
