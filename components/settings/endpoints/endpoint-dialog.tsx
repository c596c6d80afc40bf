"use client";

import { changedFields } from "#components/ui/form/changed-fields.ts";
import { EditDialog } from "#components/ui/form/edit-dialog.tsx";
import { OPTIONAL, OPTIONAL_MONEY, OPTIONAL_NUMBER } from "#components/ui/form/field-text.ts";
import { FormSelect, FormText } from "#components/ui/form/form-fields.tsx";
import { type ApiForm, type FormCall, useApiForm } from "#components/ui/form/use-api-form.ts";
import { notify } from "#components/ui/toast.tsx";
import { useApiMutation, useEvery } from "#components/ui/use-api.ts";
import type { CreateEndpoint, Endpoint } from "#lib/registry/browser/endpoint-schema.ts";

/** The key is never read back, so an empty one keeps what is stored. */
type Values = CreateEndpoint & { apiKey: string };

const valuesOf = (endpoint: Endpoint | null): Values => ({
  name: endpoint?.name ?? "",
  baseUrl: endpoint?.baseUrl ?? "",
  model: endpoint?.model ?? null,
  apiKey: "",
  tenantId: endpoint?.tenantId ?? null,
  gpus: endpoint?.gpus ?? null,
  costPerMonth: endpoint?.costPerMonth ?? null,
});

/** Adds an endpoint, or changes one; its key is entered here and shown nowhere. */
export function EndpointDialog({ endpoint, onClose }: { endpoint: Endpoint | null; onClose: () => void }) {
  const form = useEndpointForm(endpoint, onClose);
  return (
    <EditDialog
      form={form}
      onClose={onClose}
      title={endpoint ? `Edit ${endpoint.name}` : "Add endpoint"}
      description="Any service with an OpenAI-compatible API: a customer's current deployment or a hosted provider."
      submitLabel={endpoint ? "Save changes" : "Add endpoint"}
    >
      <EndpointFields form={form} endpoint={endpoint} />
    </EditDialog>
  );
}

function useEndpointForm(endpoint: Endpoint | null, onClose: () => void) {
  const done = (saved: Endpoint) => {
    notify({ title: endpoint ? `${saved.name} saved` : `${saved.name} added. Test it before use.` });
    onClose();
  };
  const create = useApiMutation("POST /endpoints", { onDone: done });
  const update = useApiMutation("PATCH /endpoints/{endpointId}", { alsoRefresh: ["moving-in"], onDone: done });
  const schemas = () => import("#lib/registry/browser/endpoint-schema.ts");
  const start = valuesOf(endpoint);
  const callOf = (values: Values): FormCall => {
    if (endpoint === null) {
      const { apiKey, ...rest } = values;
      const body = apiKey === "" ? rest : values;
      return { schema: async () => (await schemas()).CreateEndpoint, body, send: () => create.runAsync({ body }) };
    }
    const { id, generation } = endpoint;
    const body = changedFields(start, values);
    return {
      schema: async () => (await schemas()).UpdateEndpoint,
      body,
      send: () => update.runAsync({ params: { endpointId: id }, generation, body }),
    };
  };
  return useApiForm({ start, callOf });
}

function EndpointFields({ form, endpoint }: { form: ApiForm<Values>; endpoint: Endpoint | null }) {
  return (
    <>
      <FormText form={form} name="name" label="Name" hint="Shown in a response header of its replies." autoFocus />
      <FormText
        form={form}
        name="baseUrl"
        label="Base URL"
        hint="The URL before /chat/completions, such as https://models.example.com/v1."
        inputMode="url"
      />
      <FormText
        form={form}
        name="model"
        as={OPTIONAL}
        label="Model"
        optional
        hint="Leave empty to use the model the customer sends."
      />
      <FormText
        form={form}
        name="apiKey"
        label="Key"
        type="password"
        optional
        hint={endpoint?.hasKey ? "Leave empty to keep the stored one." : "Encrypted on arrival and never shown again."}
      />
      {endpoint === null && <TenantField form={form} />}
      <div className="grid gap-4 sm:grid-cols-2">
        <FormText form={form} name="gpus" as={OPTIONAL_NUMBER} label="GPUs it takes" optional inputMode="decimal" />
        <FormText
          form={form}
          name="costPerMonth"
          as={OPTIONAL_MONEY}
          label="Cost a month, US dollars"
          optional
          inputMode="decimal"
        />
      </div>
      <p className="text-xs text-fg-3">Used to calculate savings after a customer moves in.</p>
    </>
  );
}

function TenantField({ form }: { form: ApiForm<Values> }) {
  const tenants = useEvery("GET /tenants", { query: {} }) ?? [];
  return (
    <FormSelect
      form={form}
      name="tenantId"
      label="Owner"
      hint="A customer's own endpoint serves only that customer."
      options={[
        { value: null, label: "Available to every tenant" },
        ...tenants.map(({ id, name }) => ({ value: id, label: name })),
      ]}
    />
  );
}
