import { portalReads } from "#app/page-reads.ts";
import { Prefetched } from "#app/prefetched.tsx";
import { requireTenantUser } from "#app/session.ts";
import { titled } from "#app/titled.ts";
import { PortalApprovals } from "#components/approvals/portal-approvals.tsx";
import { FallbackHistory } from "#components/fallbacks/fallback-history.tsx";
import { FallbackNow } from "#components/fallbacks/fallback-now.tsx";
import { PortalIncidents } from "#components/incidents/portal-incidents.tsx";
import { PromisesCard } from "#components/objectives/objectives-card.tsx";
import { PortalStatus } from "#components/portal/portal-status.tsx";
import { TryButton } from "#components/try-it/try-button.tsx";
import { webDeps } from "#lib/api/deps.ts";

export const generateMetadata = titled("/portal");

export default async function Page() {
  const viewer = await requireTenantUser();
  const tenant = viewer.tenants[0];
  if (!tenant) return null;
  const { gatewayUrl } = webDeps().deps;
  return (
    <Prefetched read={portalReads(tenant.id)}>
      <PortalStatus
        tenantId={tenant.id}
        gatewayUrl={gatewayUrl}
        tryIt={<TryButton tenantId={tenant.id} gatewayUrl={gatewayUrl} audience="customer" />}
        fallbackNow={<FallbackNow tenantId={tenant.id} audience="customer" />}
        approvals={<PortalApprovals />}
        incidents={<PortalIncidents tenantId={tenant.id} />}
        promises={<PromisesCard tenantId={tenant.id} />}
        fallbacks={<FallbackHistory tenantId={tenant.id} audience="customer" />}
      />
    </Prefetched>
  );
}
