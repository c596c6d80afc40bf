import { AuditList } from "#components/audit/audit-list.tsx";

export default async function Page({ params }: { params: Promise<{ versionId: string }> }) {
  return <AuditList objectId={(await params).versionId} />;
}
