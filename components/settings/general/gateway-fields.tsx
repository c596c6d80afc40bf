"use client";

import type { EditFields } from "#components/ui/edit-card.tsx";
import { Field } from "#components/ui/field.tsx";
import { fieldError } from "#components/ui/field-error.ts";
import { Select } from "#components/ui/input.tsx";
import { TextField } from "#components/ui/text-field.tsx";
import { numberField } from "./number-field.ts";
import type { SettingsEdit } from "./settings-edit.ts";

const SWAPS = [
  { value: "disk", label: "Any swap from disk" },
  { value: "cpu", label: "Any swap from the CPU cache, or from disk" },
  { value: "", label: "None" },
] as const;

/** How the gateway knows tenants and nodes, and what raises an alert everywhere. */
export function GatewayFields({ shown, onChange, problem, isReadOnly }: EditFields<SettingsEdit>) {
  const number = numberField({ shown, onChange, problem, isReadOnly });
  return (
    <>
      <TextField
        label="Tenant header"
        hint="Trusted upstreams set the tenant in this header. A tenant's own key needs no header."
        readOnly={isReadOnly}
        value={shown.tenantHeader}
        onChange={(tenantHeader) => onChange({ tenantHeader })}
        error={fieldError(problem, "tenantHeader")}
        className="font-mono"
      />
      <TextField
        label="Health check interval, in seconds"
        hint="How often the gateway polls each node, in addition to request results. 1 to 3,600."
        {...number("healthCheckInterval")}
      />
      <TextField
        label="Eviction alert above"
        hint="GPU-tier evictions of one node in 5 minutes."
        {...number("evictionAlertThreshold")}
      />
      <Field
        label="Swap source alert"
        hint="A swap from disk takes over 500 ms: the CPU cache is too small for the tenants."
        error={fieldError(problem, "swapSourceAlert")}
      >
        {(control) => (
          <Select
            {...control}
            disabled={isReadOnly}
            value={shown.swapSourceAlert}
            onChange={({ target }) => {
              const chosen = SWAPS.find(({ value }) => value === target.value);
              if (chosen) onChange({ swapSourceAlert: chosen.value });
            }}
            options={SWAPS}
          />
        )}
      </Field>
    </>
  );
}
