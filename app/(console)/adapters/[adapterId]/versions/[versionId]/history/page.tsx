import { VersionHistory } from "#components/adapters/version/version-history.tsx";

export default async function Page({ params }: { params: Promise<{ versionId: string }> }) {
  return <VersionHistory versionId={(await params).versionId} />;
}
