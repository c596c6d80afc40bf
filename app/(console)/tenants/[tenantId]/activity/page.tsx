import { titled } from "#app/titled.ts";
import { AuditList } from "#components/audit/audit-list.tsx";

export const generateMetadata = titled("/tenants/[tenantId]/activity");

export default async function Page({ params }: { params: Promise<{ tenantId: string }> }) {
  return <AuditList tenantId={(await params).tenantId} />;
}
