import { titled } from "#app/titled.ts";
import { TenantRecording } from "#components/recording/tenant-recording.tsx";

export const generateMetadata = titled("/tenants/[tenantId]/recorded");

export default async function Page({ params }: { params: Promise<{ tenantId: string }> }) {
  return <TenantRecording tenantId={(await params).tenantId} />;
}
