import { titled } from "#app/titled.ts";
import { NewBatchPage } from "#components/cutovers/batches/new-batch-page.tsx";

export const generateMetadata = titled("/cutovers/batches/new");

export default function Page() {
  return <NewBatchPage />;
}
