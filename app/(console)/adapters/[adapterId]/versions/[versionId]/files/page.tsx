import { VersionFiles } from "#components/adapters/version/version-files.tsx";

export default async function Page({ params }: { params: Promise<{ versionId: string }> }) {
  return <VersionFiles versionId={(await params).versionId} />;
}
