import type { Metadata } from "next";
import { BatchPage } from "#components/cutovers/batches/batch-page.tsx";

export const metadata: Metadata = { title: "Batch of cutovers" };

export default async function Page({ params }: { params: Promise<{ batchId: string }> }) {
  return <BatchPage batchId={(await params).batchId} />;
}
