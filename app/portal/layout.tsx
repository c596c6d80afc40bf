import type { ReactNode } from "react";
import { Providers } from "#app/providers.tsx";
import { isFleetSimulated, readReader } from "#app/reader.ts";
import { requireTenantUser } from "#app/session.ts";
import { PortalShell } from "#components/shell/portal-shell.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";

export default async function PortalLayout({ children }: { children: ReactNode }) {
  const viewer = await requireTenantUser();
  const [{ roleLabel, ...reader }, simulated] = await Promise.all([readReader(viewer.role), isFleetSimulated()]);
  const tenant = viewer.tenants[0];
  return (
    <Providers {...reader}>
      <PortalShell
        account={{ name: viewer.name, email: viewer.email, roleLabel }}
        tenantName={tenant?.name ?? null}
        simulated={simulated}
      >
        {tenant ? (
          children
        ) : (
          <EmptyState isPage title="Your account is not linked to a customer yet">
            Ask the person who invited you to add you, then reload this page.
          </EmptyState>
        )}
      </PortalShell>
    </Providers>
  );
}
