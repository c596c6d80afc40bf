import type { Metadata } from "next";
import { NewBatchPage } from "#components/cutovers/batches/new-batch-page.tsx";

export const metadata: Metadata = { title: "New batch" };

export default function Page() {
  return <NewBatchPage />;
}
