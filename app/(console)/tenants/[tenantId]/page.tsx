import { TenantSummary } from "#components/tenants/tenant-summary.tsx";

export default async function Page({ params }: { params: Promise<{ tenantId: string }> }) {
  return <TenantSummary tenantId={(await params).tenantId} />;
}
