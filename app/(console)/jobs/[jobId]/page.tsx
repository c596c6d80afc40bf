import { titled } from "#app/titled.ts";
import { JobPage } from "#components/jobs/job-page.tsx";

export const generateMetadata = titled("/jobs/[jobId]");

export default async function Page({ params }: { params: Promise<{ jobId: string }> }) {
  return <JobPage jobId={(await params).jobId} />;
}
