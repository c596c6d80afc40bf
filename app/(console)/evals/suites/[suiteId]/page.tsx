import { titled } from "#app/titled.ts";
import { SuitePage } from "#components/evals/suite-page.tsx";

export const generateMetadata = titled("/evals/suites/[suiteId]");

export default async function Page({ params }: { params: Promise<{ suiteId: string }> }) {
  return <SuitePage suiteId={(await params).suiteId} />;
}
