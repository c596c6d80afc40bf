import { titled } from "#app/titled.ts";
import { PortalApprovalPage } from "#components/approvals/portal-approval-page.tsx";

export const generateMetadata = titled("/portal/approvals/[approvalId]");

export default async function Page({ params }: { params: Promise<{ approvalId: string }> }) {
  return <PortalApprovalPage approvalId={(await params).approvalId} />;
}
