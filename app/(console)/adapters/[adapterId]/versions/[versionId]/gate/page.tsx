import { titled } from "#app/titled.ts";
import { StartCutover } from "#components/cutovers/start-cutover.tsx";
import { VersionGate } from "#components/evals/version-gate.tsx";
import { VersionOverrides } from "#components/ui/version-overrides.tsx";

export const generateMetadata = titled("/adapters/[adapterId]/versions/[versionId]/gate");

export default async function Page({ params }: { params: Promise<{ adapterId: string; versionId: string }> }) {
  const { adapterId, versionId } = await params;
  return (
    <div className="flex flex-col gap-6">
      <StartCutover versionId={versionId} />
      <VersionOverrides adapterId={adapterId} versionId={versionId} />
      <VersionGate versionId={versionId} />
    </div>
  );
}
