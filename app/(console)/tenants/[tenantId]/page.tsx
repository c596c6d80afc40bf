import { tenantReads } from "#app/page-reads.ts";
import { Prefetched } from "#app/prefetched.tsx";
import { titled } from "#app/titled.ts";
import { FallbackHistory } from "#components/fallbacks/fallback-history.tsx";
import { FallbackNow } from "#components/fallbacks/fallback-now.tsx";
import { ObjectivesCard } from "#components/objectives/objectives-card.tsx";
import { TenantSummary } from "#components/tenants/tenant-summary.tsx";

export const generateMetadata = titled("/tenants/[tenantId]");

export default async function Page({ params }: { params: Promise<{ tenantId: string }> }) {
  const { tenantId } = await params;
  return (
    <Prefetched read={tenantReads(tenantId)}>
      <FallbackNow tenantId={tenantId} audience="staff" />
      <TenantSummary tenantId={tenantId} />
      <ObjectivesCard scope={{ tenantId }} />
      <FallbackHistory tenantId={tenantId} audience="staff" />
    </Prefetched>
  );
}
