"use client";

import type { ReactNode } from "react";
import { changedFields } from "#components/ui/form/changed-fields.ts";
import { EditCard } from "#components/ui/form/edit-card.tsx";
import { type ApiForm, useApiForm } from "#components/ui/form/use-api-form.ts";
import { useDenied } from "#components/ui/reader.tsx";
import { notify } from "#components/ui/toast.tsx";
import { useApi, useApiMutation } from "#components/ui/use-api.ts";
import type { Tenant, UpdateTenant } from "#lib/registry/schema.ts";

export const useTenant = (tenantId: string) => useApi("GET /tenants/{tenantId}", { params: { tenantId } });

/** One group of a tenant's settings, sent over the generation that the edit began with. */
export function TenantCard({
  tenant,
  title,
  fields,
  children,
}: {
  tenant: Tenant;
  title: string;
  fields: readonly Exclude<keyof UpdateTenant, "status">[];
  children: (form: ApiForm<Tenant>) => ReactNode;
}) {
  const deniedWrite = useDenied("tenant.write");
  const { retry } = useTenant(tenant.id);
  const isClosed = tenant.status === "offboarding" || tenant.status === "archived";
  const update = useApiMutation("PATCH /tenants/{tenantId}", {
    alsoRefresh: ["endpoints"],
    onDone: () => notify({ title: `${title} saved`, tone: "ok" }),
  });
  const form = useApiForm({
    start: tenant,
    followsStart: true,
    denied: deniedWrite ?? (isClosed ? "The tenant is being off-boarded." : undefined),
    callOf: (values) => {
      const body = changedFields(tenant, values, fields);
      return {
        schema: async () => (await import("#lib/registry/schema.ts")).UpdateTenant,
        body,
        send: () => update.runAsync({ params: { tenantId: tenant.id }, generation: values.generation, body }),
      };
    },
  });
  return (
    <EditCard form={form} title={title} onDiscard={retry}>
      {children(form)}
    </EditCard>
  );
}
