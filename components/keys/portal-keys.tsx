"use client";

import { PageHeader } from "../ui/page-header.tsx";
import { TenantKeys } from "./tenant-keys.tsx";

/** The customer's own keys. */
export function PortalKeys({ tenantId }: { tenantId: string }) {
  return (
    <>
      <PageHeader title="Keys" meta="For your applications. A key is shown once, when you create it." />
      <TenantKeys tenantId={tenantId} />
    </>
  );
}
