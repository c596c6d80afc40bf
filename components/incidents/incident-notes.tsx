"use client";

import { useState } from "react";
import { Card } from "#components/ui/card.tsx";
import { NoteForm } from "#components/ui/note-form.tsx";
import { useApiMutation } from "#components/ui/use-api.ts";
import type { IncidentDetail } from "#lib/incidents/browser/incident-schema.ts";

/** A note goes onto the time line; a closed incident takes none. */
export function IncidentNotes({ incident: { id, state } }: { incident: IncidentDetail }) {
  const [text, setText] = useState("");
  const add = useApiMutation("POST /incidents/{incidentId}/notes", { onDone: () => setText("") });
  if (state === "closed" || state === "dismissed") return null;
  return (
    <Card title="Note for staff">
      <NoteForm
        text={text}
        onText={setText}
        onAdd={() => add.run({ params: { incidentId: id }, body: { text } })}
        isPending={add.isPending}
        problem={add.problem}
        maxLength={4_000}
        hint="Shown on the timeline. Customers do not see it."
      />
    </Card>
  );
}
