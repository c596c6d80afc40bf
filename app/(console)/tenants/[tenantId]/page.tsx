import { FallbackHistory } from "#components/fallbacks/fallback-history.tsx";
import { FallbackNow } from "#components/fallbacks/fallback-now.tsx";
import { TenantSummary } from "#components/tenants/tenant-summary.tsx";

export default async function Page({ params }: { params: Promise<{ tenantId: string }> }) {
  const { tenantId } = await params;
  return (
    <>
      <FallbackNow tenantId={tenantId} audience="staff" />
      <TenantSummary tenantId={tenantId} />
      <FallbackHistory tenantId={tenantId} audience="staff" />
    </>
  );
}
