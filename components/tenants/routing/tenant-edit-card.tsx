"use client";

import type { ReactNode } from "react";
import type * as z from "zod";
import { EditCard, type EditFields } from "#components/ui/edit-card.tsx";
import { useDenied } from "#components/ui/reader.tsx";
import { notify } from "#components/ui/toast.tsx";
import { useApi, useApiMutation } from "#components/ui/use-api.ts";
import type { Tenant, UpdateTenant } from "#lib/registry/schema.ts";

export const useTenant = (tenantId: string) => useApi("GET /tenants/{tenantId}", { params: { tenantId } });

/** One group of a tenant's settings. */
export function TenantEditCard<Edit extends { generation: number }>({
  tenant,
  title,
  read,
  toBody,
  fields,
  children,
}: {
  tenant: Tenant;
  title: string;
  read: (tenant: Tenant) => Edit;
  toBody: (edit: Edit) => z.input<typeof UpdateTenant>;
  fields: readonly string[];
  children: (form: EditFields<Edit>) => ReactNode;
}) {
  const deniedWrite = useDenied("tenant.write");
  const { retry } = useTenant(tenant.id);
  const isClosed = tenant.status === "offboarding" || tenant.status === "archived";
  const { problem, isPending, run, reset } = useApiMutation("PATCH /tenants/{tenantId}", {
    alsoRefresh: ["endpoints"],
    onDone: () => notify({ title: `${title} saved`, tone: "ok" }),
  });
  return (
    <EditCard
      title={title}
      saved={read(tenant)}
      denied={deniedWrite ?? (isClosed ? "The tenant is being off-boarded." : undefined)}
      problem={problem}
      pending={isPending}
      fields={fields}
      onSave={(edit, done) =>
        run({ params: { tenantId: tenant.id }, generation: edit.generation, body: toBody(edit) }, { onSuccess: done })
      }
      onDiscard={() => {
        reset();
        retry();
      }}
    >
      {children}
    </EditCard>
  );
}
