"use client";

import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { EndpointSelect } from "#components/ui/endpoint-select.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { FallbackSelect } from "#components/ui/fallback-select.tsx";
import { fieldError } from "#components/ui/field-error.ts";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { TextField } from "#components/ui/text-field.tsx";
import { Checkbox } from "#components/ui/toggle.tsx";
import { useApi } from "#components/ui/use-api.ts";
import type { Tenant } from "#lib/registry/schema.ts";
import { AdapterRouting } from "./adapter-routing.tsx";
import { TenantEditCard, useTenant } from "./tenant-edit-card.tsx";
import { type LimitsEdit, limitsOf, policyOf, toLimits, toPolicy } from "./tenant-edits.ts";

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
    <TenantEditCard
      tenant={tenant}
      title="Fallback"
      read={policyOf}
      toBody={toPolicy}
      fields={["fallback", "hostedEndpointId"]}
    >
      {({ shown, onChange, problem, isReadOnly }) => (
        <>
          <FallbackSelect
            label="When its version is unavailable"
            error={fieldError(problem, "fallback")}
            disabled={isReadOnly}
            value={shown.fallback}
            onChange={(fallback) => onChange({ fallback })}
          />
          {(shown.fallback === "hosted_provider" || shown.hostedEndpointId !== null) && (
            <EndpointSelect
              label="Hosted provider"
              hint="Its requests leave your nodes."
              none="The pool's"
              tenantId={tenant.id}
              value={shown.hostedEndpointId}
              error={fieldError(problem, "hostedEndpointId")}
              disabled={isReadOnly}
              onChange={(hostedEndpointId) => onChange({ hostedEndpointId })}
            />
          )}
          <Checkbox
            label="Can request the base model by name"
            hint="Otherwise its keys cannot use that name."
            disabled={isReadOnly}
            checked={shown.allowBaseModel}
            onChange={(event) => onChange({ allowBaseModel: event.target.checked })}
          />
        </>
      )}
    </TenantEditCard>
  );
}

const LIMITS: readonly { name: Exclude<keyof LimitsEdit, "generation">; label: string; hint: string }[] = [
  { name: "maxConcurrent", label: "Requests at once", hint: "Leave empty for no limit." },
  { name: "requestsPerMinute", label: "Requests a minute", hint: "Leave empty for no limit." },
  { name: "tokensPerMinute", label: "Tokens a minute", hint: "In and out. Leave empty for no limit." },
  { name: "weight", label: "Weight", hint: "Its share of a busy pool. 2 gets twice as much as 1." },
];

function LimitsCard({ tenant }: { tenant: Tenant }) {
  return (
    <TenantEditCard
      tenant={tenant}
      title="Limits"
      read={limitsOf}
      toBody={toLimits}
      fields={LIMITS.map(({ name }) => name)}
    >
      {({ shown, onChange, problem, isReadOnly }) => (
        <div className="grid max-w-160 gap-4 sm:grid-cols-2">
          {LIMITS.map(({ name, label, hint }) => (
            <TextField
              key={name}
              label={label}
              hint={hint}
              inputMode="numeric"
              readOnly={isReadOnly}
              value={shown[name]}
              error={fieldError(problem, name)}
              onChange={(text) => onChange({ [name]: text })}
            />
          ))}
        </div>
      )}
    </TenantEditCard>
  );
}
