"use client";

import { Field } from "#components/ui/field.tsx";
import { fieldError } from "#components/ui/field-error.ts";
import { Input, Select } from "#components/ui/input.tsx";
import { TextField } from "#components/ui/text-field.tsx";
import { Checkbox } from "#components/ui/toggle.tsx";
import { useEvery } from "#components/ui/use-api.ts";
import type { Problem } from "#lib/http/schema.ts";
import { INCIDENT_SEVERITIES } from "#lib/incidents/browser/incident-kinds.ts";
import type { Incident } from "#lib/incidents/browser/incident-schema.ts";
import { SEVERITY_OPTIONS } from "./incident-words.ts";

/** What is written of an incident; moments as their fields hold them. */
export type IncidentDraft = {
  title: string;
  severity: Incident["severity"];
  /** "" = now. */
  startedAt: string;
  /** null = it has no end yet. */
  endedAt: string | null;
  poolId: string | null;
  tenantIds: readonly string[];
};

/** Fields that say themselves what is wrong with them. */
export const PLACED = ["title", "severity", "startedAt", "endedAt", "poolId", "tenantIds"];

type FieldsProps = { draft: IncidentDraft; onChange: (draft: IncidentDraft) => void; problem: Problem | null };

export function IncidentFields({ draft, onChange, problem }: FieldsProps) {
  const set = (change: Partial<IncidentDraft>) => onChange({ ...draft, ...change });
  return (
    <>
      <TextField
        label="Title"
        hint="For staff only; customers do not see it."
        value={draft.title}
        maxLength={160}
        onChange={(title) => set({ title })}
        error={fieldError(problem, "title")}
      />
      <Field label="Severity" error={fieldError(problem, "severity")}>
        {(control) => (
          <Select
            {...control}
            value={draft.severity}
            onChange={(event) =>
              set({ severity: INCIDENT_SEVERITIES.find((one) => one === event.target.value) ?? draft.severity })
            }
            options={SEVERITY_OPTIONS}
          />
        )}
      </Field>
      <MomentField
        label="Began"
        hint="In UTC. Leave empty for now."
        value={draft.startedAt}
        onChange={(startedAt) => set({ startedAt })}
        error={fieldError(problem, "startedAt")}
      />
      {draft.endedAt !== null && (
        <MomentField
          label="Ended"
          hint="In UTC."
          value={draft.endedAt}
          onChange={(endedAt) => set({ endedAt })}
          error={fieldError(problem, "endedAt")}
        />
      )}
      <ScopeFields draft={draft} onChange={onChange} problem={problem} />
    </>
  );
}

export function MomentField({
  label,
  hint,
  value,
  error,
  onChange,
}: {
  label: string;
  hint: string;
  value: string;
  error: string | null;
  onChange: (value: string) => void;
}) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(control) => (
        <Input
          {...control}
          type="datetime-local"
          step={1}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}

/** Whose requests count, and who is told. */
function ScopeFields({ draft, onChange, problem }: FieldsProps) {
  const pools = useEvery("GET /pools", { query: {} }) ?? [];
  const tenants = useEvery("GET /tenants", { query: {} }) ?? [];
  const chosen = new Set(draft.tenantIds);
  const toggle = (id: string) =>
    onChange({
      ...draft,
      tenantIds: chosen.has(id) ? draft.tenantIds.filter((one) => one !== id) : [...draft.tenantIds, id],
    });
  return (
    <>
      <Field label="Pool" error={fieldError(problem, "poolId")} optional>
        {(control) => (
          <Select
            {...control}
            value={draft.poolId ?? ""}
            onChange={(event) => onChange({ ...draft, poolId: event.target.value === "" ? null : event.target.value })}
            placeholder="Every pool"
            options={pools.map(({ id, name }) => ({ value: id, label: name }))}
          />
        )}
      </Field>
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
        {fieldError(problem, "tenantIds") && <p className="text-sm text-bad">{fieldError(problem, "tenantIds")}</p>}
      </fieldset>
    </>
  );
}
