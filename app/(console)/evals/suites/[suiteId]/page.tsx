import type { Metadata } from "next";
import { SuitePage } from "#components/evals/suite-page.tsx";

export const metadata: Metadata = { title: "Suite" };

export default async function Page({ params }: { params: Promise<{ suiteId: string }> }) {
  return <SuitePage suiteId={(await params).suiteId} />;
}
