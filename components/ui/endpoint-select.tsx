"use client";

import type { ReactNode } from "react";
import type { Endpoint } from "#lib/registry/browser/endpoint-schema.ts";
import { TextLink } from "./button.tsx";
import { Field } from "./field.tsx";
import { Select } from "./input.tsx";
import { useApi } from "./use-api.ts";

const nameOf = ({ name, tenantName }: Endpoint): string => (tenantName === null ? name : `${name} (its own)`);

/** Chooses a service of somebody else: those of one tenant and everybody's, or everybody's alone. */
export function EndpointSelect({
  label,
  hint,
  none,
  tenantId,
  value,
  error,
  disabled = false,
  onChange,
}: {
  label: string;
  hint?: ReactNode;
  /** What choosing nothing means. */
  none: string;
  /** null = only those that may answer for every tenant. */
  tenantId: string | null;
  value: string | null;
  error: ReactNode;
  disabled?: boolean;
  onChange: (endpointId: string | null) => void;
}) {
  const query = tenantId === null ? { limit: 200 } : { tenantId, limit: 200 };
  const items = useApi("GET /endpoints", { query }).data?.items ?? [];
  const choices = tenantId === null ? items.filter((endpoint) => endpoint.tenantId === null) : items;
  const unknown = value !== null && !choices.some(({ id }) => id === value) ? [{ value, label: "Unknown" }] : [];
  return (
    <Field
      label={label}
      error={error}
      hint={
        <>
          {hint} <TextLink href="/settings/endpoints">Endpoints</TextLink>
        </>
      }
    >
      {(control) => (
        <Select
          {...control}
          disabled={disabled}
          value={value ?? ""}
          onChange={(event) => onChange(event.target.value || null)}
          options={[
            { value: "", label: none },
            ...choices.map((endpoint) => ({ value: endpoint.id, label: nameOf(endpoint) })),
            ...unknown,
          ]}
        />
      )}
    </Field>
  );
}
