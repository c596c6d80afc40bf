import { TenantRecording } from "#components/recording/tenant-recording.tsx";

export default async function Page({ params }: { params: Promise<{ tenantId: string }> }) {
  return <TenantRecording tenantId={(await params).tenantId} />;
}
