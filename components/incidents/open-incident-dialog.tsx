"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { EditDialog } from "#components/ui/form/edit-dialog.tsx";
import { FormCheckbox } from "#components/ui/form/form-fields.tsx";
import { useApiForm, useFormValues } from "#components/ui/form/use-api-form.ts";
import { useApiMutation } from "#components/ui/use-api.ts";
import { IncidentFields, type IncidentValues } from "./incident-fields.tsx";
import type { FromAlert } from "./open-incident-button.tsx";

const EMPTY: IncidentValues = {
  title: "",
  severity: "major",
  startedAt: "",
  endedAt: "",
  poolId: null,
  tenantIds: [],
  asDraft: false,
};

type OpenIncidentDialogProps = { from: FromAlert | null; open: boolean; onOpenChange: (open: boolean) => void };

/** What, since when and for whom; then its page. */
export function OpenIncidentDialog({ from, open, onOpenChange }: OpenIncidentDialogProps) {
  const router = useRouter();
  const [first] = useState({ ...EMPTY, ...from?.draft });
  const create = useApiMutation("POST /incidents", {
    alsoRefresh: ["alerts"],
    onDone: ({ id }) => {
      onOpenChange(false);
      router.push(`/incidents/${id}`);
    },
  });
  const form = useApiForm({
    start: first,
    callOf: ({ title, severity, startedAt, poolId, tenantIds, asDraft }) => {
      const body = {
        ...{ title, severity, asDraft, tenantIds },
        // left alone, it is when the alert began, or now
        ...(startedAt === first.startedAt || startedAt === "" ? {} : { startedAt }),
        ...(poolId === null ? {} : { poolId }),
        ...(from === null ? {} : { alertId: from.alertId }),
      };
      return {
        schema: async () => (await import("#lib/incidents/browser/incident-schema.ts")).OpenIncident,
        body,
        send: () => create.runAsync({ body }),
      };
    },
  });
  const { asDraft } = useFormValues(form);
  return (
    <EditDialog
      form={form}
      open={open}
      onClose={() => onOpenChange(false)}
      title="Open incident"
      description="Affected tenants are counted from the requests in that time. Customers are not notified yet."
      submitLabel={asDraft ? "Draft incident" : "Open incident"}
    >
      <IncidentFields form={form} />
      <FormCheckbox form={form} name="asDraft" label="Save as draft" hint="Someone accepts or dismisses it later." />
    </EditDialog>
  );
}
