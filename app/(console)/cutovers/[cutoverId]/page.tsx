import type { Metadata } from "next";
import { CutoverApproval } from "#components/approvals/cutover-approval.tsx";
import { CutoverPage } from "#components/cutovers/cutover-page.tsx";

export const metadata: Metadata = { title: "Cutover" };

export default async function Page({ params }: { params: Promise<{ cutoverId: string }> }) {
  const { cutoverId } = await params;
  return <CutoverPage cutoverId={cutoverId} approval={<CutoverApproval cutoverId={cutoverId} />} />;
}
