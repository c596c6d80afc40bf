import { titled } from "#app/titled.ts";
import { VersionPlacements } from "#components/adapters/version/version-placements.tsx";

export const generateMetadata = titled("/adapters/[adapterId]/versions/[versionId]/placements");

export default async function Page({ params }: { params: Promise<{ versionId: string }> }) {
  return <VersionPlacements versionId={(await params).versionId} />;
}
