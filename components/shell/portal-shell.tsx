"use client";

import type { ReactNode } from "react";
import { useReader } from "#components/ui/reader.tsx";
import { Tabs } from "#components/ui/tabs.tsx";
import { type Account, AccountMenu } from "./account-menu.tsx";
import { Logo } from "./logo.tsx";
import { PageMain } from "./page-main.tsx";
import { PORTAL_TABS } from "./portal-tabs.ts";
import { SessionBanner } from "./session-banner.tsx";
import { SimulatedStrip } from "./simulated-strip.tsx";
import { SkipLink } from "./skip-link.tsx";
import { ThemeSwitch } from "./theme-switch.tsx";

/** The frame of every customer page: no sidebar, the same tabs on a phone. */
export function PortalShell({
  account,
  tenantName,
  simulated,
  children,
}: {
  account: Account;
  /** Whose pages these are; null when the account belongs to no tenant. */
  tenantName: string | null;
  simulated: boolean;
  children: ReactNode;
}) {
  const { preferences } = useReader();
  return (
    <div data-density={preferences.density} className="flex min-h-dvh flex-col">
      <SkipLink />
      <header className="sticky top-0 z-30 bg-bg">
        <div className="mx-auto flex h-(--top-bar) max-w-280 items-center gap-2 px-4 md:px-6">
          <Logo />
          <span className="truncate text-md font-semibold">{tenantName ?? "Switchyard"}</span>
          <div className="ms-auto flex items-center gap-1">
            <ThemeSwitch />
            <AccountMenu account={account} />
          </div>
        </div>
        <div className="border-b">
          <div className="mx-auto max-w-280 px-2 md:px-4">
            <Tabs label="Portal" tabs={PORTAL_TABS} bare />
          </div>
        </div>
        {simulated && <SimulatedStrip />}
        <SessionBanner email={account.email} />
      </header>
      <PageMain>{children}</PageMain>
    </div>
  );
}
