import type { ReactNode } from "react";
import { Providers } from "#app/providers.tsx";
import { isFleetSimulated, readReader } from "#app/reader.ts";
import { requireStaff } from "#app/session.ts";
import { FreezeBanner } from "#components/controls/freeze-banner.tsx";
import { ConsoleShell } from "#components/shell/console-shell.tsx";
import { SystemHealthLink } from "#components/shell/system-health-link.tsx";

export default async function ConsoleLayout({ children }: { children: ReactNode }) {
  const viewer = await requireStaff();
  const [{ roleLabel, ...reader }, simulated] = await Promise.all([readReader(viewer.role), isFleetSimulated()]);
  return (
    <Providers {...reader}>
      <ConsoleShell
        account={{ name: viewer.name, email: viewer.email, roleLabel }}
        simulated={simulated}
        healthLink={<SystemHealthLink />}
        banner={<FreezeBanner />}
      >
        {children}
      </ConsoleShell>
    </Providers>
  );
}
