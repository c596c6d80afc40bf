import { VersionPlacements } from "#components/adapters/version/version-placements.tsx";

export default async function Page({ params }: { params: Promise<{ versionId: string }> }) {
  return <VersionPlacements versionId={(await params).versionId} />;
}
