import { AnswerHistory } from "#components/evals/answer-history.tsx";

export default async function Page({ params }: { params: Promise<{ tenantId: string }> }) {
  return <AnswerHistory tenantId={(await params).tenantId} />;
}
