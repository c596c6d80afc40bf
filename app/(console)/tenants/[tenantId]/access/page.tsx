import { TenantKeys } from "#components/keys/tenant-keys.tsx";

export default async function Page({ params }: { params: Promise<{ tenantId: string }> }) {
  return <TenantKeys tenantId={(await params).tenantId} />;
}
