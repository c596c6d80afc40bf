import { titled } from "#app/titled.ts";
import { CutoverApproval } from "#components/approvals/cutover-approval.tsx";
import { CutoverPage } from "#components/cutovers/cutover-page.tsx";

export const generateMetadata = titled("/cutovers/[cutoverId]");

export default async function Page({ params }: { params: Promise<{ cutoverId: string }> }) {
  const { cutoverId } = await params;
  return <CutoverPage cutoverId={cutoverId} approval={<CutoverApproval cutoverId={cutoverId} />} />;
}
