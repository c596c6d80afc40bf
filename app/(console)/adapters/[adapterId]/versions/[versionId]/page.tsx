import { titled } from "#app/titled.ts";
import { VersionReport } from "#components/adapters/version/version-report.tsx";

export const generateMetadata = titled("/adapters/[adapterId]/versions/[versionId]");

export default async function Page({ params }: { params: Promise<{ versionId: string }> }) {
  return <VersionReport versionId={(await params).versionId} />;
}
