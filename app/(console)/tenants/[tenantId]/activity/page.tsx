import { AuditList } from "#components/audit/audit-list.tsx";

export default async function Page({ params }: { params: Promise<{ tenantId: string }> }) {
  return <AuditList tenantId={(await params).tenantId} />;
}
