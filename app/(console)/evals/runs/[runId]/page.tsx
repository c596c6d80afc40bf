import { titled } from "#app/titled.ts";
import { RunPage } from "#components/evals/run-page.tsx";

export const generateMetadata = titled("/evals/runs/[runId]");

export default async function Page({ params }: { params: Promise<{ runId: string }> }) {
  return <RunPage runId={(await params).runId} />;
}
