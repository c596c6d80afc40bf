"use client";

import { FormSelect, FormText } from "#components/ui/form/form-fields.tsx";
import type { ApiForm } from "#components/ui/form/use-api-form.ts";
import { useFormField } from "#components/ui/form/use-form-field.ts";
import { Checkbox } from "#components/ui/toggle.tsx";
import { useEvery } from "#components/ui/use-api.ts";
import type { Incident } from "#lib/incidents/browser/incident-schema.ts";
import { MOMENT, SEVERITY_OPTIONS } from "./incident-words.ts";

/** What is written of an incident. */
export type IncidentValues = {
  title: string;
  severity: Incident["severity"];
  /** "" = now. */
  startedAt: string;
  /** "" = it has no end yet. */
  endedAt: string;
  poolId: string | null;
  tenantIds: string[];
  asDraft: boolean;
};

type FieldsProps = { form: ApiForm<IncidentValues> };

export function IncidentFields({ form, hasEnded = false }: FieldsProps & { hasEnded?: boolean }) {
  const moment = { form, as: MOMENT, type: "datetime-local", step: 1 } as const;
  return (
    <>
      <FormText
        form={form}
        name="title"
        label="Title"
        hint="For staff only; customers do not see it."
        maxLength={160}
      />
      <FormSelect form={form} name="severity" label="Severity" options={SEVERITY_OPTIONS} />
      <FormText {...moment} name="startedAt" label="Began" hint="In UTC. Leave empty for now." />
      {hasEnded && <FormText {...moment} name="endedAt" label="Ended" hint="In UTC." />}
      <ScopeFields form={form} />
    </>
  );
}

/** Whose requests count, and who is told. */
function ScopeFields({ form }: FieldsProps) {
  const pools = useEvery("GET /pools", { query: {} }) ?? [];
  const tenants = useEvery("GET /tenants", { query: {} }) ?? [];
  const { value, onChange, error } = useFormField<IncidentValues, string[]>({ form, name: "tenantIds" });
  const chosen = new Set(value);
  const toggle = (id: string) => onChange(chosen.has(id) ? value.filter((one) => one !== id) : [...value, id]);
  return (
    <>
      <FormSelect
        form={form}
        name="poolId"
        label="Pool"
        optional
        options={[{ value: null, label: "Every pool" }, ...pools.map(({ id, name }) => ({ value: id, label: name }))]}
      />
      <fieldset className="flex max-w-160 flex-col gap-1.5">
        <legend className="text-sm font-medium">
          Tenants <span className="font-normal text-fg-3">(optional)</span>
        </legend>
        <p className="text-xs text-fg-3">
          {chosen.size === 0 ? "Leave empty for all tenants with affected requests." : `${chosen.size} chosen.`}
        </p>
        <div className="flex max-h-40 flex-col overflow-y-auto rounded-control border border-line-control px-2.5 py-1.5">
          {tenants.map(({ id, name }) => (
            <Checkbox key={id} label={name} checked={chosen.has(id)} onChange={() => toggle(id)} />
          ))}
        </div>
        {error && <p className="text-sm text-bad">{error}</p>}
      </fieldset>
    </>
  );
}
