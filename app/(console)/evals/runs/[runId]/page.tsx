import { runReads } from "#app/page-reads.ts";
import { Prefetched } from "#app/prefetched.tsx";
import { titled } from "#app/titled.ts";
import { RunPage } from "#components/evals/run-page.tsx";

export const generateMetadata = titled("/evals/runs/[runId]");

export default async function Page({ params }: { params: Promise<{ runId: string }> }) {
  const { runId } = await params;
  return (
    <Prefetched read={runReads(runId)}>
      <RunPage runId={runId} />
    </Prefetched>
  );
}
