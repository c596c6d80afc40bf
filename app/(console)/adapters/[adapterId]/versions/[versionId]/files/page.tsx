import { titled } from "#app/titled.ts";
import { VersionFiles } from "#components/adapters/version/version-files.tsx";

export const generateMetadata = titled("/adapters/[adapterId]/versions/[versionId]/files");

export default async function Page({ params }: { params: Promise<{ versionId: string }> }) {
  return <VersionFiles versionId={(await params).versionId} />;
}
