import { requireTenantUser } from "#app/session.ts";
import { titled } from "#app/titled.ts";
import { PortalKeys } from "#components/keys/portal-keys.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { roleAllows } from "#lib/identity/policy.ts";

export const generateMetadata = titled("/portal/keys");

export default async function Page() {
  const viewer = await requireTenantUser();
  const tenant = viewer.tenants[0];
  if (!roleAllows(viewer.role, "key.read"))
    return (
      <EmptyState isPage title="Only admins of your team manage keys">
        Ask an admin for a key, or for another role.
      </EmptyState>
    );
  return tenant && <PortalKeys tenantId={tenant.id} />;
}
