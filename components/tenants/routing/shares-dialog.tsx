"use client";

import { type FormEvent, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { fieldError } from "#components/ui/field-error.ts";
import { FormProblem } from "#components/ui/form-problem.tsx";
import { Select, Textarea } from "#components/ui/input.tsx";
import { useReader } from "#components/ui/reader.tsx";
import { TextField } from "#components/ui/text-field.tsx";
import { notify } from "#components/ui/toast.tsx";
import { useApi, useApiMutation } from "#components/ui/use-api.ts";
import type { Problem } from "#lib/http/schema.ts";
import type { Adapter } from "#lib/registry/schema.ts";
import { bodyOf, draftOf, type ShareDraft } from "./share-draft.ts";

const FORM = "shares";
const FIELDS = [
  "candidateVersionId",
  "weightPercent",
  "mirrorVersionId",
  "mirrorPercent",
  "overrideReason",
  "confirmTenant",
];

/** Which version gets a share of the conversations, and which gets copies of requests. */
export function SharesDialog({ adapter, onClose }: { adapter: Adapter; onClose: () => void }) {
  const [draft, setDraft] = useState(() => draftOf(adapter.route));
  // fixed while the dialog is open: whoever changes the route meanwhile is not overwritten
  const [generation] = useState(adapter.route.generation);
  const put = useApiMutation("PUT /adapters/{adapterId}/traffic", {
    alsoRefresh: ["versions", "placements"],
    onDone: () => {
      notify({ title: "Shares saved", tone: "ok" });
      onClose();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    put.run({ params: { adapterId: adapter.id }, generation, body: bodyOf(draft) });
  };
  const { problem } = put;
  return (
    <Dialog
      open
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={`Traffic of ${adapter.tenantName} · ${adapter.slug}`}
      description="Each conversation stays on its assigned version. The next cutover or rollback ends both shares."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" type="submit" form={FORM} pending={put.isPending}>
            Save shares
          </Button>
        </>
      }
    >
      <form id={FORM} onSubmit={submit} className="flex flex-col gap-4" noValidate>
        <ShareFields adapter={adapter} draft={draft} onChange={setDraft} problem={problem} />
        <FormProblem problem={problem} fields={FIELDS} />
      </form>
    </Dialog>
  );
}

const isGateClosed = (problem: Problem | null): boolean =>
  problem?.code === "gate_not_passed" || problem?.code === "gate_expired";

function ShareFields({
  adapter,
  draft,
  onChange,
  problem,
}: {
  adapter: Adapter;
  draft: ShareDraft;
  onChange: (draft: ShareDraft) => void;
  problem: Problem | null;
}) {
  const { may } = useReader();
  const versions = useApi("GET /versions", { query: { adapterId: adapter.id, state: "ready", limit: 200 } });
  const choices = (versions.data?.items ?? []).filter(({ id }) => id !== adapter.route.liveVersionId);
  const options = [
    { value: "", label: "None" },
    ...choices.map(({ id, number }) => ({ value: id, label: `v${number}` })),
  ];
  const set = (key: keyof ShareDraft) => (value: string) => onChange({ ...draft, [key]: value });
  const field = (key: keyof ShareDraft) => ({ value: draft[key], onChange: set(key), error: fieldError(problem, key) });
  const asksForReason = isGateClosed(problem) || draft.overrideReason !== "";
  return (
    <>
      <div className="grid gap-4 sm:grid-cols-[1fr_10rem]">
        <VersionField
          label="Candidate"
          hint="Answers customers, so it needs a passed gate."
          options={options}
          {...field("candidateVersionId")}
        />
        <TextField label="Of conversations, %" inputMode="numeric" {...field("weightPercent")} />
      </div>
      {asksForReason && may.includes("cutover.override") && (
        <OverrideFields
          tenantSlug={adapter.tenantSlug}
          reason={field("overrideReason")}
          tenant={field("confirmTenant")}
        />
      )}
      <div className="grid gap-4 sm:grid-cols-[1fr_10rem]">
        <VersionField
          label="Mirror"
          hint="Gets copies whose replies are discarded, so it needs no gate. Each copy uses as much capacity as a request."
          options={options}
          {...field("mirrorVersionId")}
        />
        <TextField label="Of requests, %" inputMode="numeric" {...field("mirrorPercent")} />
      </div>
    </>
  );
}

type Text = { value: string; onChange: (value: string) => void; error: string | null };

/** The tenant is asked only of somebody who started the run, and is the only one who could set it aside. */
function OverrideFields({ tenantSlug, reason, tenant }: { tenantSlug: string; reason: Text; tenant: Text }) {
  return (
    <>
      <Field
        label="Reason to override the gate"
        hint="At least 10 characters; kept in the audit trail."
        error={reason.error}
      >
        {(control) => (
          <Textarea {...control} value={reason.value} onChange={(event) => reason.onChange(event.target.value)} />
        )}
      </Field>
      {(tenant.value !== "" || tenant.error !== null) && (
        <TextField label={`Type ${tenantSlug}: you are overriding a run that you started`} {...tenant} />
      )}
    </>
  );
}

function VersionField({
  label,
  hint,
  options,
  value,
  onChange,
  error,
}: {
  label: string;
  hint: string;
  options: readonly { value: string; label: string }[];
  value: string;
  onChange: (versionId: string) => void;
  error: string | null;
}) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(control) => (
        <Select {...control} value={value} onChange={(event) => onChange(event.target.value)} options={options} />
      )}
    </Field>
  );
}
