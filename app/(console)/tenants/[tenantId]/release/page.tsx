import { TenantRelease } from "#components/release/tenant-release.tsx";

export default async function Page({ params }: { params: Promise<{ tenantId: string }> }) {
  return <TenantRelease tenantId={(await params).tenantId} />;
}
