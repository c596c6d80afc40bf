import { Providers } from "#app/providers.tsx";
import { readReader } from "#app/reader.ts";
import { requireTenantUser } from "#app/session.ts";
import { titled } from "#app/titled.ts";
import { VersionReport } from "#components/evals/report/version-report.tsx";

export const generateMetadata = titled("/portal/versions/[versionId]/report");

export default async function Page({ params }: { params: Promise<{ versionId: string }> }) {
  const viewer = await requireTenantUser();
  const [{ roleLabel: _, ...reader }, { versionId }] = await Promise.all([readReader(viewer.role), params]);
  return (
    <Providers {...reader}>
      <VersionReport versionId={versionId} />
    </Providers>
  );
}
