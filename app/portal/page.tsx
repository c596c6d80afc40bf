import type { Metadata } from "next";
import { requireTenantUser } from "#app/session.ts";
import { PortalStatus } from "#components/portal/portal-status.tsx";
import { webDeps } from "#lib/api/deps.ts";

export const metadata: Metadata = { title: "Status" };

export default async function Page() {
  const viewer = await requireTenantUser();
  const tenant = viewer.tenants[0];
  return tenant && <PortalStatus tenantId={tenant.id} gatewayUrl={webDeps().deps.gatewayUrl} />;
}
