import { titled } from "#app/titled.ts";
import { OffboardingPage } from "#components/tenants/offboarding-page.tsx";

export const generateMetadata = titled("/tenants/[tenantId]/offboarding");

export default async function Page({ params }: { params: Promise<{ tenantId: string }> }) {
  return <OffboardingPage tenantId={(await params).tenantId} />;
}
