"use client";

import { Field } from "../ui/field.tsx";
import { Select } from "../ui/input.tsx";
import { useEvery } from "../ui/use-api.ts";

/** One of the tenants, by name. */
export function TenantField({ value, onChange }: { value: string; onChange: (tenantId: string) => void }) {
  const tenants = useEvery("GET /tenants", { query: {} }) ?? [];
  const options = tenants
    .map(({ id, name }) => ({ value: id, label: name }))
    .sort((a, b) => (a.label < b.label ? -1 : 1));
  return (
    <Field label="Tenant">
      {(control) => (
        <Select
          {...control}
          className="w-full"
          value={value}
          placeholder="Choose a tenant"
          options={options}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}
