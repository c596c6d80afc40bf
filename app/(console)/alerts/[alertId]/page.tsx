import { alertReads } from "#app/page-reads.ts";
import { Prefetched } from "#app/prefetched.tsx";
import { titled } from "#app/titled.ts";
import { Triage } from "./triage.tsx";

export const generateMetadata = titled("/alerts/[alertId]");

export default async function Page({ params }: { params: Promise<{ alertId: string }> }) {
  const { alertId } = await params;
  return (
    <Prefetched read={alertReads(alertId)}>
      <Triage alertId={alertId} />
    </Prefetched>
  );
}
