"use client";

import { type FormEvent, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { FormProblem } from "#components/ui/form-problem.tsx";
import { useApiMutation } from "#components/ui/use-api.ts";
import type { Incident } from "#lib/incidents/browser/incident-schema.ts";
import { type IncidentDraft, IncidentFields, PLACED } from "./incident-fields.tsx";
import { fieldOfMoment, momentOfField } from "./incident-words.ts";

const FORM = "edit-incident";
type EditIncidentDialogProps = { incident: Incident; onClose: () => void };

const draftOf = ({ title, severity, startedAt, endedAt, pool, tenants }: Incident): IncidentDraft => ({
  title,
  severity,
  startedAt: fieldOfMoment(startedAt),
  endedAt: endedAt === null ? null : fieldOfMoment(endedAt),
  poolId: pool?.id ?? null,
  tenantIds: tenants.map(({ id }) => id),
});

/** What it says of itself; only what differs is sent. */
export function EditIncidentDialog({ incident, onClose }: EditIncidentDialogProps) {
  // as it was when this was opened: what somebody else changes meanwhile is refused, not overwritten
  const [before] = useState({ draft: draftOf(incident), generation: incident.generation });
  const [draft, setDraft] = useState(before.draft);
  const save = useApiMutation("PATCH /incidents/{incidentId}", { onDone: onClose });
  const body = changeOf(before.draft, draft);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.run({ params: { incidentId: incident.id }, generation: before.generation, body });
  };
  const { problem } = save;
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title="Edit incident"
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            variant="primary"
            type="submit"
            form={FORM}
            pending={save.isPending}
            disabledReason={Object.keys(body).length === 0 ? "No changes to save." : undefined}
          >
            Save changes
          </Button>
        </>
      }
    >
      <form id={FORM} onSubmit={submit} className="flex flex-col gap-4" noValidate>
        <IncidentFields draft={draft} onChange={setDraft} problem={problem} />
        <FormProblem problem={problem} fields={PLACED} />
      </form>
    </Dialog>
  );
}

function changeOf(before: IncidentDraft, { title, severity, startedAt, endedAt, poolId, tenantIds }: IncidentDraft) {
  const isSame = (one: readonly string[], other: readonly string[]) =>
    one.length === other.length && one.every((id) => other.includes(id));
  return {
    ...(title === before.title ? {} : { title }),
    ...(severity === before.severity ? {} : { severity }),
    ...(startedAt === before.startedAt ? {} : { startedAt: momentOfField(startedAt) }),
    ...(endedAt === null || endedAt === before.endedAt ? {} : { endedAt: momentOfField(endedAt) }),
    ...(poolId === before.poolId ? {} : { poolId }),
    ...(isSame(tenantIds, before.tenantIds) ? {} : { tenantIds: [...tenantIds] }),
  };
}
