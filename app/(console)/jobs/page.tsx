import { titled } from "#app/titled.ts";
import { JobList } from "#components/jobs/job-list.tsx";

export const generateMetadata = titled("/jobs");

export default function Page() {
  return <JobList />;
}
