import { StartCutover } from "#components/cutovers/start-cutover.tsx";
import { VersionGate } from "#components/evals/version-gate.tsx";

export default async function Page({ params }: { params: Promise<{ versionId: string }> }) {
  const { versionId } = await params;
  return (
    <div className="flex flex-col gap-6">
      <StartCutover versionId={versionId} />
      <VersionGate versionId={versionId} />
    </div>
  );
}
