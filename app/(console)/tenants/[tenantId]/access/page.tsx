import { titled } from "#app/titled.ts";
import { TenantKeys } from "#components/keys/tenant-keys.tsx";

export const generateMetadata = titled("/tenants/[tenantId]/access");

export default async function Page({ params }: { params: Promise<{ tenantId: string }> }) {
  return <TenantKeys tenantId={(await params).tenantId} />;
}
