import { VersionReport } from "#components/adapters/version/version-report.tsx";

export default async function Page({ params }: { params: Promise<{ versionId: string }> }) {
  return <VersionReport versionId={(await params).versionId} />;
}
