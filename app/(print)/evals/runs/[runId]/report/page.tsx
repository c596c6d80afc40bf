import { Providers } from "#app/providers.tsx";
import { readReader } from "#app/reader.ts";
import { requireStaff } from "#app/session.ts";
import { titled } from "#app/titled.ts";
import { ReportPage } from "#components/evals/report/report-page.tsx";

export const generateMetadata = titled("/evals/runs/[runId]/report");

export default async function Page({ params }: { params: Promise<{ runId: string }> }) {
  const viewer = await requireStaff();
  const [{ roleLabel: _, ...reader }, { runId }] = await Promise.all([readReader(viewer.role), params]);
  return (
    <Providers {...reader}>
      <ReportPage runId={runId} reader="staff" />
    </Providers>
  );
}
