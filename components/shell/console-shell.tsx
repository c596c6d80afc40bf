"use client";

import MenuIcon from "lucide-react/icons/menu";
import { usePathname } from "next/navigation";
import { lazy, type ReactNode, Suspense, useMemo, useState } from "react";
import { Breadcrumb, useTrail } from "#components/ui/breadcrumb.tsx";
import { IconButton } from "#components/ui/button.tsx";
import { Sheet } from "#components/ui/dialog.tsx";
import { useReader } from "#components/ui/reader.tsx";
import { type Account, AccountMenu } from "./account-menu.tsx";
import { entryOf, navFor } from "./nav.ts";
import { SessionBanner } from "./session-banner.tsx";
import { NavList, Sidebar } from "./sidebar.tsx";
import { SimulatedStrip } from "./simulated-strip.tsx";
import { SkipLink } from "./skip-link.tsx";
import { ThemeSwitch } from "./theme-switch.tsx";
import { useShortcuts } from "./use-shortcuts.ts";

const HelpDialog = lazy(() => import("./help-dialog.tsx").then((module) => ({ default: module.HelpDialog })));

type ConsoleShellProps = {
  account: Account;
  /** Any node in view is simulated. */
  simulated: boolean;
  /** `<SystemHealthLink />`. */
  healthLink?: ReactNode;
  /** What everybody must know on every page; nothing on an ordinary day. */
  banner?: ReactNode;
  children: ReactNode;
};

/** The frame of every staff page: where to go, where one is, how Switchyard itself is. */
export function ConsoleShell({ account, simulated, healthLink, banner, children }: ConsoleShellProps) {
  const { may, preferences } = useReader();
  const nav = useMemo(() => navFor(may), [may]);
  const [isHelpOpen, setHelpOpen] = useState(false);
  const [isNavOpen, setNavOpen] = useState(false);
  useShortcuts(nav, preferences.shortcuts, () => setHelpOpen(true));
  return (
    <div data-density={preferences.density} className="flex min-h-dvh">
      <SkipLink />
      <Sidebar nav={nav} />
      <div className="flex min-w-0 grow flex-col">
        <header className="sticky top-0 z-30 shrink-0 bg-bg">
          <div className="flex h-(--top-bar) items-center gap-2 border-b px-4 md:px-6">
            <IconButton label="Open navigation" className="-ms-2 md:hidden" onClick={() => setNavOpen(true)}>
              <MenuIcon />
            </IconButton>
            <Trail />
            <div className="ms-auto flex shrink-0 items-center gap-1">
              {healthLink}
              <ThemeSwitch />
              <AccountMenu account={account} onHelp={() => setHelpOpen(true)} />
            </div>
          </div>
          {simulated && <SimulatedStrip />}
          <SessionBanner email={account.email} />
        </header>
        <main
          id="main"
          tabIndex={-1}
          className="flex min-w-0 grow flex-col gap-4 px-4 pt-4 pb-12 focus:outline-none md:px-6"
        >
          {banner}
          {children}
        </main>
      </div>
      <Sheet side="start" open={isNavOpen} onOpenChange={setNavOpen} title="Switchyard">
        <div className="-mx-4">
          <NavList nav={nav} onNavigate={() => setNavOpen(false)} />
        </div>
      </Sheet>
      {isHelpOpen && (
        <Suspense fallback={null}>
          <HelpDialog nav={nav} onClose={() => setHelpOpen(false)} />
        </Suspense>
      )}
    </div>
  );
}

/** What the page says about its place; until it does, the entry it lies under. */
function Trail() {
  const announced = useTrail();
  const entry = entryOf(usePathname());
  const crumbs = announced ?? (entry ? [{ label: entry.label, href: entry.path }] : []);
  return crumbs.length > 0 && <Breadcrumb crumbs={crumbs} />;
}
