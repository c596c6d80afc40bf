import type { ReactNode } from "react";
import { Providers } from "#app/providers.tsx";
import { isFleetSimulated, readReader } from "#app/reader.ts";
import { requireStaff } from "#app/session.ts";
import { FreezeBanner } from "#components/controls/freeze-banner.tsx";
import { ConsoleShell } from "#components/shell/console-shell.tsx";
import { SystemPulse } from "#components/shell/system-pulse.tsx";

export default async function ConsoleLayout({ children }: { children: ReactNode }) {
  const viewer = await requireStaff();
  const [{ roleLabel, ...reader }, simulated] = await Promise.all([readReader(viewer.role), isFleetSimulated()]);
  return (
    <Providers {...reader}>
      <ConsoleShell
        account={{ name: viewer.name, email: viewer.email, roleLabel }}
        simulated={simulated}
        pulse={<SystemPulse />}
        banner={<FreezeBanner />}
      >
        {children}
      </ConsoleShell>
    </Providers>
  );
}
