import { titled } from "#app/titled.ts";
import { AnswerHistory } from "#components/evals/answer-history.tsx";

export const generateMetadata = titled("/tenants/[tenantId]/answers");

export default async function Page({ params }: { params: Promise<{ tenantId: string }> }) {
  return <AnswerHistory tenantId={(await params).tenantId} />;
}
