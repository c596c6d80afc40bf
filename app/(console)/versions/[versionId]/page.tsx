import { titled } from "#app/titled.ts";
import { OpenVersion } from "#components/jobs/open-version.tsx";

export const generateMetadata = titled("/versions/[versionId]");

export default async function Page({ params }: { params: Promise<{ versionId: string }> }) {
  return <OpenVersion versionId={(await params).versionId} />;
}
