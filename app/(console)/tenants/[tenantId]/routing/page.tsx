import { TenantRouting } from "#components/tenants/routing/tenant-routing.tsx";

export default async function Page({ params }: { params: Promise<{ tenantId: string }> }) {
  return <TenantRouting tenantId={(await params).tenantId} />;
}
