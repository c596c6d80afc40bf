import { headers } from "next/headers";
import type { ReactNode } from "react";
import { Logo } from "#components/shell/logo.tsx";
import { PageMain } from "#components/shell/page-main.tsx";
import { SkipLink } from "#components/shell/skip-link.tsx";
import { sessionActor } from "#lib/api/auth.ts";
import ConsoleLayout from "../(console)/layout.tsx";
import PortalLayout from "../portal/layout.tsx";

/** Pages that need no sign-in; whoever is signed in sees them in their own shell. */
export default async function OpenLayout({ children }: { children: ReactNode }) {
  await headers(); // first, so that no page is built without a visitor
  const actor = await sessionActor();
  if (actor?.kind !== "user") return <Plain>{children}</Plain>;
  return actor.staffRole === null ? <PortalLayout>{children}</PortalLayout> : <ConsoleLayout>{children}</ConsoleLayout>;
}

function Plain({ children }: { children: ReactNode }) {
  return (
    <div className="flex min-h-dvh flex-col">
      <SkipLink />
      <header className="border-b">
        <div className="mx-auto flex h-(--top-bar) max-w-280 items-center gap-2 px-4 md:px-6">
          <Logo />
          <span className="text-md font-semibold">Switchyard</span>
        </div>
      </header>
      <PageMain>{children}</PageMain>
    </div>
  );
}
