import type { Metadata } from "next";
import { requireTenantUser } from "#app/session.ts";
import { PortalKeys } from "#components/keys/portal-keys.tsx";

export const metadata: Metadata = { title: "Keys" };

export default async function Page() {
  const viewer = await requireTenantUser();
  const tenant = viewer.tenants[0];
  return tenant && <PortalKeys tenantId={tenant.id} />;
}
