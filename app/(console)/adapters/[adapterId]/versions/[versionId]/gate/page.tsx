import { VersionGate } from "#components/evals/version-gate.tsx";

export default async function Page({ params }: { params: Promise<{ versionId: string }> }) {
  return <VersionGate versionId={(await params).versionId} />;
}
