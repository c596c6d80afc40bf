import type { Metadata } from "next";
import { RunPage } from "#components/evals/run-page.tsx";

export const metadata: Metadata = { title: "Gate" };

export default async function Page({ params }: { params: Promise<{ runId: string }> }) {
  return <RunPage runId={(await params).runId} />;
}
