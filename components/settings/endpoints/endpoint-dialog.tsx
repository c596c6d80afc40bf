"use client";

import { type FormEvent, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { fieldError } from "#components/ui/field-error.ts";
import { FormProblem } from "#components/ui/form-problem.tsx";
import { Select } from "#components/ui/input.tsx";
import { TextField } from "#components/ui/text-field.tsx";
import { notify } from "#components/ui/toast.tsx";
import { useApiMutation, useEvery } from "#components/ui/use-api.ts";
import type { Problem } from "#lib/http/schema.ts";
import type { Endpoint } from "#lib/registry/browser/endpoint-schema.ts";
import { changeOf, createOf, draftOf, type EndpointDraft } from "./endpoint-draft.ts";

const FIELDS = Object.keys(draftOf(null));
const FORM = "endpoint";

/** Adds an endpoint, or changes one; its key is entered here and shown nowhere. */
export function EndpointDialog({ endpoint, onClose }: { endpoint: Endpoint | null; onClose: () => void }) {
  const [draft, setDraft] = useState(() => draftOf(endpoint));
  const done = (saved: Endpoint) => {
    notify({ title: endpoint ? `${saved.name} saved` : `${saved.name} added. Test it before use.` });
    onClose();
  };
  const create = useApiMutation("POST /endpoints", { onDone: done });
  const update = useApiMutation("PATCH /endpoints/{endpointId}", { alsoRefresh: ["moving-in"], onDone: done });
  const { problem, isPending } = endpoint ? update : create;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (endpoint === null) return create.run({ body: createOf(draft) });
    const { id, generation } = endpoint;
    update.run({ params: { endpointId: id }, generation, body: changeOf(endpoint, draft) });
  };
  return (
    <Dialog
      open
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={endpoint ? `Edit ${endpoint.name}` : "Add endpoint"}
      description="Any service with an OpenAI-compatible API: a customer's current deployment or a hosted provider."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" type="submit" form={FORM} pending={isPending}>
            {endpoint ? "Save changes" : "Add endpoint"}
          </Button>
        </>
      }
    >
      <form id={FORM} onSubmit={submit} className="flex flex-col gap-4" noValidate>
        <EndpointFields draft={draft} onChange={setDraft} problem={problem} endpoint={endpoint} />
        <FormProblem problem={problem} fields={FIELDS} />
      </form>
    </Dialog>
  );
}

function EndpointFields({
  draft,
  onChange,
  problem,
  endpoint,
}: {
  draft: EndpointDraft;
  onChange: (draft: EndpointDraft) => void;
  problem: Problem | null;
  endpoint: Endpoint | null;
}) {
  const field = (key: keyof EndpointDraft) => ({
    value: draft[key],
    onChange: (value: string) => onChange({ ...draft, [key]: value }),
    error: fieldError(problem, key),
  });
  return (
    <>
      <TextField label="Name" hint="Shown in a response header of its replies." {...field("name")} autoFocus />
      <TextField
        label="Base URL"
        hint="The URL before /chat/completions, such as https://models.example.com/v1."
        inputMode="url"
        {...field("baseUrl")}
      />
      <TextField label="Model" optional hint="Leave empty to use the model the customer sends." {...field("model")} />
      <TextField
        label="Key"
        type="password"
        optional
        hint={endpoint?.hasKey ? "Leave empty to keep the stored one." : "Encrypted on arrival and never shown again."}
        {...field("apiKey")}
      />
      {endpoint === null && <TenantField {...field("tenantId")} />}
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField label="GPUs it takes" optional inputMode="decimal" {...field("gpus")} />
        <TextField label="Cost a month, US dollars" optional inputMode="decimal" {...field("costPerMonth")} />
      </div>
      <p className="text-xs text-fg-3">Used to calculate savings after a customer moves in.</p>
    </>
  );
}

function TenantField(props: { value: string; onChange: (tenantId: string) => void; error: string | null }) {
  const tenants = useEvery("GET /tenants", { query: {} }) ?? [];
  return (
    <Field label="Owner" hint="A customer's own endpoint serves only that customer." error={props.error}>
      {(control) => (
        <Select
          {...control}
          value={props.value}
          onChange={(event) => props.onChange(event.target.value)}
          options={[
            { value: "", label: "Available to every tenant" },
            ...tenants.map(({ id, name }) => ({ value: id, label: name })),
          ]}
        />
      )}
    </Field>
  );
}
