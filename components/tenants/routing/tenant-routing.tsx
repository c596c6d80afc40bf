"use client";

import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { NUMBER, OPTIONAL_NUMBER } from "#components/ui/form/field-text.ts";
import { FormCheckbox, FormText } from "#components/ui/form/form-fields.tsx";
import { FormEndpoint, FormFallback } from "#components/ui/form/policy-fields.tsx";
import { type ApiForm, useFormValues } from "#components/ui/form/use-api-form.ts";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { useApi } from "#components/ui/use-api.ts";
import type { Tenant } from "#lib/registry/schema.ts";
import { AdapterRouting } from "./adapter-routing.tsx";
import { TenantCard, useTenant } from "./tenant-card.tsx";

const REFRESH_MS = 4000;

/** How one tenant's requests find an answer: where each adapter is served, what may stand in, how much it may ask for. */
export function TenantRouting({ tenantId }: { tenantId: string }) {
  const read = useTenant(tenantId);
  const adapters = useApi("GET /adapters", { query: { tenantId, limit: 200 } }, { refreshMs: REFRESH_MS });
  const tenant = read.data;
  if (!tenant) {
    if (read.problem) return <ErrorState problem={read.problem} onRetry={read.retry} />;
    return <Skeleton className="h-60 w-full" />;
  }
  return (
    <div className="flex flex-col gap-6">
      {adapters.problem && <ErrorState problem={adapters.problem} onRetry={adapters.retry} />}
      {adapters.isPending && <Skeleton className="h-40 w-full" />}
      {adapters.data?.items.map((adapter) => (
        <AdapterRouting key={adapter.id} adapter={adapter} />
      ))}
      {adapters.data?.items.length === 0 && (
        <Card>
          <EmptyState title="No adapter yet">Requests are routed to adapters. Add one first.</EmptyState>
        </Card>
      )}
      <div className="grid grid-cols-1 items-start gap-6 lg:grid-cols-2">
        <FallbackCard tenant={tenant} />
        <LimitsCard tenant={tenant} />
      </div>
    </div>
  );
}

function FallbackCard({ tenant }: { tenant: Tenant }) {
  return (
    <TenantCard tenant={tenant} title="Fallback" fields={["fallback", "hostedEndpointId", "allowBaseModel"]}>
      {(form) => <FallbackFields form={form} />}
    </TenantCard>
  );
}

function FallbackFields({ form }: { form: ApiForm<Tenant> }) {
  const { id, fallback, hostedEndpointId } = useFormValues(form);
  return (
    <>
      <FormFallback form={form} name="fallback" label="When its version is unavailable" />
      {(fallback === "hosted_provider" || hostedEndpointId !== null) && (
        <FormEndpoint
          form={form}
          name="hostedEndpointId"
          label="Hosted provider"
          hint="Its requests leave your nodes."
          none="The pool's"
          tenantId={id}
        />
      )}
      <FormCheckbox
        form={form}
        name="allowBaseModel"
        label="Can request the base model by name"
        hint="Otherwise its keys cannot use that name."
      />
    </>
  );
}

const LIMITS = ["weight", "maxConcurrent", "requestsPerMinute", "tokensPerMinute", "tokensPerRequest"] as const;

function LimitsCard({ tenant }: { tenant: Tenant }) {
  return (
    <TenantCard tenant={tenant} title="Limits" fields={LIMITS}>
      {(form) => {
        const limit = { form, as: OPTIONAL_NUMBER, inputMode: "numeric" } as const;
        return (
          <div className="grid max-w-160 gap-4 sm:grid-cols-2">
            <FormText {...limit} name="maxConcurrent" label="Requests at once" hint="Leave empty for no limit." />
            <FormText {...limit} name="requestsPerMinute" label="Requests a minute" hint="Leave empty for no limit." />
            <FormText
              {...limit}
              name="tokensPerMinute"
              label="Tokens a minute"
              hint="In and out. Leave empty for no limit."
            />
            <FormText
              {...limit}
              name="tokensPerRequest"
              label="Tokens a request"
              hint="The prompt and max_tokens together. Larger requests are refused."
            />
            <FormText
              form={form}
              name="weight"
              as={NUMBER}
              inputMode="numeric"
              label="Weight"
              hint="Its share of a busy pool. 2 gets twice as much as 1."
            />
          </div>
        );
      }}
    </TenantCard>
  );
}
