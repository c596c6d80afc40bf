import { titled } from "#app/titled.ts";
import { VersionHistory } from "#components/adapters/version/version-history.tsx";

export const generateMetadata = titled("/adapters/[adapterId]/versions/[versionId]/history");

export default async function Page({ params }: { params: Promise<{ versionId: string }> }) {
  return <VersionHistory versionId={(await params).versionId} />;
}
