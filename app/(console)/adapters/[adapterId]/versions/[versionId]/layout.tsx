import type { ReactNode } from "react";
import { VersionFrame } from "#components/adapters/version/version-frame.tsx";

export default async function Layout({
  children,
  params,
}: {
  children: ReactNode;
  params: Promise<{ versionId: string }>;
}) {
  return <VersionFrame versionId={(await params).versionId}>{children}</VersionFrame>;
}
