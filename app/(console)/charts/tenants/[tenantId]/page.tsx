import { titled } from "#app/titled.ts";
import { TenantBoard } from "#components/explorer/scope-boards.tsx";

export const generateMetadata = titled("/charts/tenants/[tenantId]");

export default async function Page({ params }: { params: Promise<{ tenantId: string }> }) {
  return <TenantBoard tenantId={(await params).tenantId} />;
}
