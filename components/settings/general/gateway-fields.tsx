"use client";

import { NUMBER } from "#components/ui/form/field-text.ts";
import { FormSelect, FormText } from "#components/ui/form/form-fields.tsx";
import type { ApiForm } from "#components/ui/form/use-api-form.ts";
import type { Settings } from "#lib/pools/browser/settings-schema.ts";

const SWAPS = [
  { value: "disk", label: "Any swap from disk" },
  { value: "cpu", label: "Any swap from the CPU cache, or from disk" },
  { value: null, label: "None" },
] as const;

/** How the gateway knows tenants and nodes, and what raises an alert everywhere. */
export function GatewayFields({ form }: { form: ApiForm<Settings> }) {
  const number = { form, as: NUMBER, inputMode: "numeric" } as const;
  return (
    <>
      <FormText
        form={form}
        name="tenantHeader"
        label="Tenant header"
        hint="Trusted upstreams set the tenant in this header. A tenant's own key needs no header."
        className="font-mono"
      />
      <FormText
        {...number}
        name="healthCheckInterval"
        label="Health check interval, in seconds"
        hint="How often the gateway polls each node, in addition to request results. 1 to 3,600."
      />
      <FormText
        {...number}
        name="evictionAlertThreshold"
        label="Eviction alert above"
        hint="GPU-tier evictions of one node in 5 minutes."
      />
      <FormSelect
        form={form}
        name="swapSourceAlert"
        label="Swap source alert"
        hint="A swap from disk takes over 500 ms: the CPU cache is too small for the tenants."
        options={SWAPS}
      />
    </>
  );
}
