import { titled } from "#app/titled.ts";
import { BatchPage } from "#components/cutovers/batches/batch-page.tsx";

export const generateMetadata = titled("/cutovers/batches/[batchId]");

export default async function Page({ params }: { params: Promise<{ batchId: string }> }) {
  return <BatchPage batchId={(await params).batchId} />;
}
