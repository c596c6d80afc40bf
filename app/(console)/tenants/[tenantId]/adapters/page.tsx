import { titled } from "#app/titled.ts";
import { TenantAdapters } from "#components/tenants/tenant-adapters.tsx";

export const generateMetadata = titled("/tenants/[tenantId]/adapters");

export default async function Page({ params }: { params: Promise<{ tenantId: string }> }) {
  return <TenantAdapters tenantId={(await params).tenantId} />;
}
