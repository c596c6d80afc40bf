import { requireTenantUser } from "#app/session.ts";
import { titled } from "#app/titled.ts";
import { PortalKeys } from "#components/keys/portal-keys.tsx";

export const generateMetadata = titled("/portal/keys");

export default async function Page() {
  const viewer = await requireTenantUser();
  const tenant = viewer.tenants[0];
  return tenant && <PortalKeys tenantId={tenant.id} />;
}
