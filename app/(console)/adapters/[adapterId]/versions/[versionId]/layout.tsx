import type { ReactNode } from "react";
import { versionFrameReads } from "#app/page-reads.ts";
import { Prefetched } from "#app/prefetched.tsx";
import { VersionFrame } from "#components/adapters/version/version-frame.tsx";

export default async function Layout({
  children,
  params,
}: {
  children: ReactNode;
  params: Promise<{ versionId: string }>;
}) {
  const { versionId } = await params;
  return (
    <Prefetched read={versionFrameReads(versionId)}>
      <VersionFrame versionId={versionId}>{children}</VersionFrame>
    </Prefetched>
  );
}
