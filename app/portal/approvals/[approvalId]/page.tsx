import type { Metadata } from "next";
import { PortalApprovalPage } from "#components/approvals/portal-approval-page.tsx";

export const metadata: Metadata = { title: "Approval" };

export default async function Page({ params }: { params: Promise<{ approvalId: string }> }) {
  return <PortalApprovalPage approvalId={(await params).approvalId} />;
}
