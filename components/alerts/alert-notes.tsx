"use client";

import { Card } from "#components/ui/card.tsx";
import { NoteForm } from "#components/ui/note-form.tsx";
import { Time } from "#components/ui/time.tsx";
import { useApiMutation } from "#components/ui/use-api.ts";
import type { AlertDetail } from "#lib/alerting/browser/alert-schema.ts";

/** What those who looked at it found. */
export function AlertNotes({ alert: { id, notes } }: { alert: AlertDetail }) {
  const add = useApiMutation("POST /alerts/{alertId}/notes");
  return (
    <Card title="Notes">
      <ul className="flex flex-col gap-2 pb-2">
        {notes.map((note) => (
          <li key={note.id}>
            <p className="whitespace-pre-wrap break-words text-md">{note.text}</p>
            <p className="text-xs text-fg-3">
              {note.by}, <Time at={note.at} zone="utc" />
            </p>
          </li>
        ))}
      </ul>
      <NoteForm
        callOf={(body) => ({
          schema: async () => (await import("#lib/alerting/browser/alert-schema.ts")).AddAlertNote,
          body,
          send: () => add.runAsync({ params: { alertId: id }, body }),
        })}
        maxLength={2_000}
      />
    </Card>
  );
}
