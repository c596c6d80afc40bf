"use client";

import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { FormProblem } from "#components/ui/form-problem.tsx";
import { Checkbox } from "#components/ui/toggle.tsx";
import { useApiMutation } from "#components/ui/use-api.ts";
import { type IncidentDraft, IncidentFields, PLACED } from "./incident-fields.tsx";
import { momentOfField } from "./incident-words.ts";
import type { FromAlert } from "./open-incident-button.tsx";

const FORM = "open-incident";
const EMPTY: IncidentDraft = {
  title: "",
  severity: "major",
  startedAt: "",
  endedAt: null,
  poolId: null,
  tenantIds: [],
};

type OpenIncidentDialogProps = { from: FromAlert | null; open: boolean; onOpenChange: (open: boolean) => void };

/** What, since when and for whom; then its page. */
export function OpenIncidentDialog({ from, open, onOpenChange }: OpenIncidentDialogProps) {
  const router = useRouter();
  const first = from === null ? EMPTY : { ...EMPTY, ...from.draft };
  const [draft, setDraft] = useState<IncidentDraft>(first);
  const [asDraft, setAsDraft] = useState(false);
  const create = useApiMutation("POST /incidents", {
    alsoRefresh: ["alerts"],
    onDone: ({ id }) => {
      onOpenChange(false);
      router.push(`/incidents/${id}`);
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const { title, severity, startedAt, poolId, tenantIds } = draft;
    create.run({
      body: {
        ...{ title, severity, asDraft, tenantIds: [...tenantIds] },
        // as the alert has it, to the millisecond
        ...(startedAt === first.startedAt ? {} : { startedAt: momentOfField(startedAt) }),
        ...(poolId === null ? {} : { poolId }),
        ...(from === null ? {} : { alertId: from.alertId }),
      },
    });
  };
  const { problem } = create;
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="Open incident"
      description="Affected tenants are counted from the requests in that time. Customers are not notified yet."
      footer={
        <>
          <Button onClick={() => onOpenChange(false)}>Cancel</Button>
          <Button variant="primary" type="submit" form={FORM} pending={create.isPending}>
            {asDraft ? "Draft incident" : "Open incident"}
          </Button>
        </>
      }
    >
      <form id={FORM} onSubmit={submit} className="flex flex-col gap-4" noValidate>
        <IncidentFields draft={draft} onChange={setDraft} problem={problem} />
        <Checkbox
          label="Save as draft"
          hint="Someone accepts or dismisses it later."
          checked={asDraft}
          onChange={() => setAsDraft(!asDraft)}
        />
        <FormProblem problem={problem} fields={PLACED} />
      </form>
    </Dialog>
  );
}
