import type { ReactNode } from "react";
import { tenantFrameReads } from "#app/page-reads.ts";
import { Prefetched } from "#app/prefetched.tsx";
import { ControlsInForce } from "#components/controls/controls-in-force.tsx";
import { TakeControlOfTenant } from "#components/controls/take-control.tsx";
import { RollBackTenant } from "#components/cutovers/roll-back.tsx";
import { TenantFrame } from "#components/tenants/tenant-frame.tsx";
import { TryButton } from "#components/try-it/try-button.tsx";
import { webDeps } from "#lib/api/deps.ts";

export default async function Layout({
  children,
  params,
}: {
  children: ReactNode;
  params: Promise<{ tenantId: string }>;
}) {
  const { tenantId } = await params;
  const { gatewayUrl } = webDeps().deps;
  return (
    <Prefetched read={tenantFrameReads(tenantId)}>
      <TenantFrame
        tenantId={tenantId}
        secondary={
          <>
            <RollBackTenant tenantId={tenantId} />
            <TakeControlOfTenant tenantId={tenantId} />
            <TryButton tenantId={tenantId} gatewayUrl={gatewayUrl} audience="staff" />
          </>
        }
      >
        <ControlsInForce tenantId={tenantId} />
        {children}
      </TenantFrame>
    </Prefetched>
  );
}
