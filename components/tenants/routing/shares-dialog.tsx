"use client";

import { useState } from "react";
import { EditDialog } from "#components/ui/form/edit-dialog.tsx";
import { NUMBER } from "#components/ui/form/field-text.ts";
import { FormSelect, FormText, FormTextarea } from "#components/ui/form/form-fields.tsx";
import { type ApiForm, useApiForm, useFormValues } from "#components/ui/form/use-api-form.ts";
import { useReader } from "#components/ui/reader.tsx";
import { notify } from "#components/ui/toast.tsx";
import { useApi, useApiMutation } from "#components/ui/use-api.ts";
import type { Adapter } from "#lib/registry/schema.ts";
import { bodyOf, type Shares, sharesOf } from "./share-body.ts";

/** Which version gets a share of the conversations, and which gets copies of requests. */
export function SharesDialog({ adapter, onClose }: { adapter: Adapter; onClose: () => void }) {
  // fixed while the dialog is open: whoever changes the route meanwhile is not overwritten
  const [generation] = useState(adapter.route.generation);
  const put = useApiMutation("PUT /adapters/{adapterId}/traffic", {
    alsoRefresh: ["versions", "placements"],
    onDone: () => {
      notify({ title: "Shares saved", tone: "ok" });
      onClose();
    },
  });
  const form = useApiForm({
    start: sharesOf(adapter.route),
    callOf: (shares) => {
      const body = bodyOf(shares);
      return {
        schema: async () => (await import("#lib/cutover/browser/traffic-schema.ts")).PutTraffic,
        body,
        send: () => put.runAsync({ params: { adapterId: adapter.id }, generation, body }),
      };
    },
  });
  return (
    <EditDialog
      form={form}
      onClose={onClose}
      title={`Traffic of ${adapter.tenantName} · ${adapter.slug}`}
      description="Each conversation stays on its assigned version. The next cutover or rollback ends both shares."
      submitLabel="Save shares"
    >
      <ShareFields adapter={adapter} form={form} />
    </EditDialog>
  );
}

type FieldsProps = { adapter: Adapter; form: ApiForm<Shares> };

function ShareFields({ adapter, form }: FieldsProps) {
  const { may } = useReader();
  const { overrideReason } = useFormValues(form);
  const versions = useApi("GET /versions", { query: { adapterId: adapter.id, state: "ready", limit: 200 } });
  const choices = (versions.data?.items ?? []).filter(({ id }) => id !== adapter.route.liveVersionId);
  const options = [
    { value: null, label: "None" },
    ...choices.map(({ id, number }) => ({ value: id, label: `v${number}` })),
  ];
  const isGateClosed = form.refusal?.code === "gate_not_passed" || form.refusal?.code === "gate_expired";
  return (
    <>
      <div className="grid gap-4 sm:grid-cols-[1fr_10rem]">
        <FormSelect
          form={form}
          name="candidateVersionId"
          label="Candidate"
          hint="Answers customers, so it needs a passed gate."
          options={options}
        />
        <FormText form={form} name="weightPercent" as={NUMBER} label="Of conversations, %" inputMode="numeric" />
      </div>
      {(isGateClosed || overrideReason !== "") && may.includes("cutover.override") && (
        <OverrideFields adapter={adapter} form={form} />
      )}
      <div className="grid gap-4 sm:grid-cols-[1fr_10rem]">
        <FormSelect
          form={form}
          name="mirrorVersionId"
          label="Mirror"
          hint="Gets copies whose replies are discarded, so it needs no gate. Each copy uses as much capacity as a request."
          options={options}
        />
        <FormText form={form} name="mirrorPercent" as={NUMBER} label="Of requests, %" inputMode="numeric" />
      </div>
    </>
  );
}

/** The tenant is asked only of somebody who started the run, and is the only one who could set it aside. */
function OverrideFields({ adapter: { tenantSlug }, form }: FieldsProps) {
  const { confirmTenant } = useFormValues(form);
  const isAsked = form.refusal?.errors.some(({ field }) => field === "confirmTenant") ?? false;
  return (
    <>
      <FormTextarea
        form={form}
        name="overrideReason"
        label="Reason to override the gate"
        hint="At least 10 characters; kept in the audit trail."
      />
      {(isAsked || confirmTenant !== "") && (
        <FormText
          form={form}
          name="confirmTenant"
          label={`Type ${tenantSlug}: you are overriding a run that you started`}
        />
      )}
    </>
  );
}
