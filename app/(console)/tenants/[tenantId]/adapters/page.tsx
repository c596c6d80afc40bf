import { TenantAdapters } from "#components/tenants/tenant-adapters.tsx";

export default async function Page({ params }: { params: Promise<{ tenantId: string }> }) {
  return <TenantAdapters tenantId={(await params).tenantId} />;
}
