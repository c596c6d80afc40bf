import { FallbackHistory } from "#components/fallbacks/fallback-history.tsx";
import { FallbackNow } from "#components/fallbacks/fallback-now.tsx";
import { TenantSummary } from "#components/tenants/tenant-summary.tsx";
import { WhyNode } from "#components/why-node/why-node.tsx";

export default async function Page({ params }: { params: Promise<{ tenantId: string }> }) {
  const { tenantId } = await params;
  return (
    <>
      <FallbackNow tenantId={tenantId} audience="staff" />
      <TenantSummary tenantId={tenantId} />
      <WhyNode tenantId={tenantId} title="Where requests go now" />
      <FallbackHistory tenantId={tenantId} audience="staff" />
    </>
  );
}
