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
    notify({ title: endpoint ? `${saved.name} is changed` : `${saved.name} is added: test it before it is used` });
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
      description="Any service that speaks OpenAI's API: a customer's present deployment, or a hosted provider."
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
      <TextField label="Name" hint="Replies that it gave bear it in a header." {...field("name")} autoFocus />
      <TextField
        label="Base URL"
        hint="What /chat/completions follows, such as https://models.example.com/v1."
        inputMode="url"
        {...field("baseUrl")}
      />
      <TextField
        label="Model"
        optional
        hint="Left empty, it is asked for what the customer sent."
        {...field("model")}
      />
      <TextField
        label="Key"
        type="password"
        optional
        hint={endpoint?.hasKey ? "Left empty, the stored one stays." : "Sealed when it arrives, and never shown again."}
        {...field("apiKey")}
      />
      {endpoint === null && <TenantField {...field("tenantId")} />}
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField label="GPUs it takes" optional inputMode="decimal" {...field("gpus")} />
        <TextField label="Cost a month, US dollars" optional inputMode="decimal" {...field("costPerMonth")} />
      </div>
      <p className="text-xs text-fg-3">Both tell what is freed when a customer has moved in.</p>
    </>
  );
}

function TenantField(props: { value: string; onChange: (tenantId: string) => void; error: string | null }) {
  const tenants = useEvery("GET /tenants", { query: {} }) ?? [];
  return (
    <Field label="Whose it is" hint="A customer's own answers for nobody else." error={props.error}>
      {(control) => (
        <Select
          {...control}
          value={props.value}
          onChange={(event) => props.onChange(event.target.value)}
          options={[
            { value: "", label: "May answer for every tenant" },
            ...tenants.map(({ id, name }) => ({ value: id, label: name })),
          ]}
        />
      )}
    </Field>
  );
}
