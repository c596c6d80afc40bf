import { titled } from "#app/titled.ts";
import { TenantRouting } from "#components/tenants/routing/tenant-routing.tsx";
import { WhyNode } from "#components/why-node/why-node.tsx";

export const generateMetadata = titled("/tenants/[tenantId]/routing");

export default async function Page({ params }: { params: Promise<{ tenantId: string }> }) {
  const { tenantId } = await params;
  return (
    <>
      <WhyNode tenantId={tenantId} title="Where requests go now" />
      <TenantRouting tenantId={tenantId} />
    </>
  );
}
