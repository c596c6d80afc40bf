import { titled } from "#app/titled.ts";
import { TenantRelease } from "#components/release/tenant-release.tsx";

export const generateMetadata = titled("/tenants/[tenantId]/release");

export default async function Page({ params }: { params: Promise<{ tenantId: string }> }) {
  return <TenantRelease tenantId={(await params).tenantId} />;
}
