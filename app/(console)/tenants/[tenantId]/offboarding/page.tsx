import { OffboardingPage } from "#components/tenants/offboarding-page.tsx";

export default async function Page({ params }: { params: Promise<{ tenantId: string }> }) {
  return <OffboardingPage tenantId={(await params).tenantId} />;
}
