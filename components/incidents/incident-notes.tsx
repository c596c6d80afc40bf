"use client";

import { Card } from "#components/ui/card.tsx";
import { NoteForm } from "#components/ui/note-form.tsx";
import { useApiMutation } from "#components/ui/use-api.ts";
import type { IncidentDetail } from "#lib/incidents/browser/incident-schema.ts";

/** A note goes onto the time line; a closed incident takes none. */
export function IncidentNotes({ incident: { id, state } }: { incident: IncidentDetail }) {
  const add = useApiMutation("POST /incidents/{incidentId}/notes");
  if (state === "closed" || state === "dismissed") return null;
  return (
    <Card title="Note for staff">
      <NoteForm
        callOf={(body) => ({
          schema: async () => (await import("#lib/incidents/browser/incident-schema.ts")).AddIncidentNote,
          body,
          send: () => add.runAsync({ params: { incidentId: id }, body }),
        })}
        maxLength={4_000}
        hint="Shown on the timeline. Customers do not see it."
      />
    </Card>
  );
}
