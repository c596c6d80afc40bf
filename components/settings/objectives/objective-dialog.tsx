"use client";

import { EditDialog } from "#components/ui/form/edit-dialog.tsx";
import { FormSelect, FormText } from "#components/ui/form/form-fields.tsx";
import { type ApiForm, type FormCall, useApiForm, useFormValues } from "#components/ui/form/use-api-form.ts";
import { notify } from "#components/ui/toast.tsx";
import { useApiMutation, useEvery } from "#components/ui/use-api.ts";
import { OBJECTIVE_KINDS, OBJECTIVE_WINDOWS } from "#lib/alerting/browser/objective-kinds.ts";
import type { Objective } from "#lib/alerting/browser/objective-schema.ts";
import { createOf, isPool, type ObjectiveValues, targetOf, valuesOf } from "./objective-body.ts";
import { KIND_WORDS } from "./objective-words.ts";

/** Sets an objective, or changes one; what was proposed is accepted by saving it. */
export function ObjectiveDialog({ objective, onClose }: { objective: Objective | null; onClose: () => void }) {
  const callOf = useObjectiveCall(objective, onClose);
  const form = useApiForm({ start: valuesOf(objective), callOf });
  const verb = objective?.status === "proposed" ? "Accept objective" : "Save changes";
  return (
    <EditDialog
      form={form}
      onClose={onClose}
      title={objective ? `${objective.title} of ${objective.scope.name}` : "Add objective"}
      description="Requests of the last 28 days count as well. Accepted objectives are tracked, and burn-rate alerts report fast budget use."
      submitLabel={objective ? verb : "Add objective"}
    >
      <ObjectiveFields form={form} isNew={objective === null} />
    </EditDialog>
  );
}

function useObjectiveCall(objective: Objective | null, onClose: () => void) {
  const done = (saved: Objective) => {
    notify({ title: `${saved.scope.name}: ${saved.promise}` });
    onClose();
  };
  const create = useApiMutation("POST /objectives", { onDone: done });
  const update = useApiMutation("PATCH /objectives/{objectiveId}", { onDone: done });
  const schemas = () => import("#lib/alerting/browser/objective-schema.ts");
  return (values: ObjectiveValues): FormCall => {
    if (objective === null) {
      const body = createOf(values);
      return { schema: async () => (await schemas()).CreateObjective, body, send: () => create.runAsync({ body }) };
    }
    const { id, generation, kind } = objective;
    const { windowDays, visibility } = values;
    // saving what was proposed accepts it
    const body = { target: targetOf(kind, values.target), windowDays, visibility, status: "accepted" as const };
    return {
      schema: async () => (await schemas()).UpdateObjective,
      body,
      send: () => update.runAsync({ params: { objectiveId: id }, generation, body }),
    };
  };
}

const WINDOWS = OBJECTIVE_WINDOWS.map((days) => ({ value: days, label: days === 1 ? "1 day" : `${days} days` }));
const KINDS = OBJECTIVE_KINDS.map((kind) => ({ value: kind, label: KIND_WORDS[kind].label }));
const VISIBILITIES = [
  { value: "staff", label: "Staff only" },
  { value: "customer", label: "Staff and the customer" },
] as const;

function ObjectiveFields({ form, isNew }: { form: ApiForm<ObjectiveValues>; isNew: boolean }) {
  const { kind, scope } = useFormValues(form);
  const words = KIND_WORDS[kind];
  return (
    <>
      {isNew && <ScopeFields form={form} />}
      <FormText
        form={form}
        name="target"
        label={words.target}
        hint={words.hint}
        placeholder={words.example}
        inputMode="decimal"
      />
      <FormSelect form={form} name="windowDays" label="Window" options={WINDOWS} />
      {!isPool(scope) && (
        <FormSelect
          form={form}
          name="visibility"
          label="Visible to"
          hint="Once accepted, customers see the objective and its result on their status page."
          options={VISIBILITIES}
        />
      )}
    </>
  );
}

/** Whom it is about, and what: neither changes later. */
function ScopeFields({ form }: { form: ApiForm<ObjectiveValues> }) {
  const tenants = useEvery("GET /tenants", { query: {} }) ?? [];
  const pools = useEvery("GET /pools", { query: {} }) ?? [];
  return (
    <>
      <FormSelect
        form={form}
        name="scope"
        errorsOf={["tenantId", "poolId"]}
        label="Of"
        placeholder="Choose a tenant or a pool"
        options={[
          ...pools.map(({ id, name }) => ({ value: id, label: `Pool ${name}` })),
          ...tenants.map(({ id, name }) => ({ value: id, label: name })),
        ]}
      />
      <FormSelect form={form} name="kind" label="What" options={KINDS} />
    </>
  );
}
