"use client";

import type { FallbackPolicy } from "#lib/pools/schema.ts";
import type { Tenant } from "#lib/registry/schema.ts";
import { Button } from "../../ui/button.tsx";
import { ErrorState } from "../../ui/error-state.tsx";
import { FALLBACK_OPTIONS } from "../../ui/fallback-policy.ts";
import { FormFallback } from "../../ui/form/policy-fields.tsx";
import { useApiForm, useFormValues } from "../../ui/form/use-api-form.ts";
import { NameAndSlugFields, slugOf } from "../../ui/name-and-slug.tsx";
import { useApiMutation } from "../../ui/use-api.ts";
import { AsApi, curl } from "../as-api.tsx";

type Values = { name: string; slug: string | null; fallback: FallbackPolicy };

const EMPTY: Values = { name: "", slug: null, fallback: "base_model" };
const bodyOf = (values: Values) => ({ ...values, slug: slugOf(values) });

/** Who the customer is. It is in the catalog as soon as the button was pressed. */
export function TenantStep({ onDone }: { onDone: (tenant: Tenant) => void }) {
  const create = useApiMutation("POST /tenants", { onDone });
  const form = useApiForm({
    start: EMPTY,
    callOf: (values) => {
      const body = bodyOf(values);
      return {
        schema: async () => (await import("#lib/registry/schema.ts")).CreateTenant,
        body,
        send: () => create.runAsync({ body }),
      };
    },
  });
  const values = useFormValues(form);
  return (
    <>
      <form onSubmit={form.submit} className="flex flex-col gap-4" noValidate>
        <NameAndSlugFields form={form} slugHint="Part of every lora name and of x-tenant-id; it cannot change later." />
        <FormFallback
          form={form}
          name="fallback"
          label="When its version is unavailable"
          hint="A hosted provider can be chosen on the tenant's Routing tab, once it has an endpoint there."
          options={FALLBACK_OPTIONS.filter(({ value }) => value !== "hosted_provider")}
        />
        {form.problem && <ErrorState problem={form.problem} size="inline" />}
        <Button variant="primary" type="submit" pending={form.isSending} className="self-start">
          Add tenant
        </Button>
      </form>
      <AsApi commands={(base) => [curl(`${base}/tenants`, bodyOf(values))]} />
    </>
  );
}
