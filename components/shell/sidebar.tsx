"use client";

import PanelLeft from "lucide-react/icons/panel-left";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { IconButton } from "#components/ui/button.tsx";
import { cn } from "#components/ui/cn.ts";
import { useReader } from "#components/ui/reader.tsx";
import { Tooltip } from "#components/ui/tooltip.tsx";
import { AlertCount } from "./alert-count.tsx";
import { IncidentCount } from "./incident-count.tsx";
import { Logo } from "./logo.tsx";
import { entryOf, type NavEntry, type NavGroup } from "./nav.ts";

type NavListProps = { nav: readonly NavGroup[]; isCollapsed?: boolean; onNavigate?: () => void };

/** The navigation itself, for the sidebar and for the sheet on phones. */
export function NavList({ nav, isCollapsed = false, onNavigate }: NavListProps) {
  const current = entryOf(usePathname());
  return (
    <nav aria-label="Main" className="flex flex-col gap-4 px-2 py-2">
      {nav.map((group) => (
        <div key={group.label ?? "top"}>
          {group.label !== null &&
            (isCollapsed ? (
              <div className="mx-2 mb-2 h-px bg-line" />
            ) : (
              <div className="px-2 pb-1 text-xs text-fg-3">{group.label}</div>
            ))}
          <ul className="flex flex-col gap-px">
            {group.entries.map((entry) => (
              <li key={entry.path}>
                <NavLink
                  entry={entry}
                  isCurrent={entry === current}
                  isCollapsed={isCollapsed}
                  onNavigate={onNavigate}
                />
              </li>
            ))}
          </ul>
        </div>
      ))}
    </nav>
  );
}

function NavLink({
  entry,
  isCurrent,
  isCollapsed,
  onNavigate,
}: {
  entry: NavEntry;
  isCurrent: boolean;
  isCollapsed: boolean;
  onNavigate: (() => void) | undefined;
}) {
  const Icon = entry.icon;
  return (
    <Tooltip content={isCollapsed ? entry.label : null} side="right">
      {(tip) => (
        <Link
          {...tip}
          href={entry.path}
          prefetch={false}
          onClick={onNavigate}
          aria-current={isCurrent ? "page" : undefined}
          className={cn(
            "group flex h-8 items-center gap-2.5 rounded-control px-2 text-sm transition-colors duration-80 pointer-coarse:h-10",
            isCurrent ? "bg-off-tint font-medium text-fg" : "text-fg-2 hover:bg-off-tint hover:text-fg",
            isCollapsed && "justify-center",
          )}
        >
          <Icon
            aria-hidden="true"
            className={cn("size-4 shrink-0", isCurrent ? "text-fg" : "text-fg-3 group-hover:text-fg-2")}
          />
          <span className={isCollapsed ? "sr-only" : "grow truncate"}>{entry.label}</span>
          {entry.count === "alerts" && <AlertCount />}
          {entry.count === "incidents" && <IncidentCount />}
          {!isCollapsed && (
            <span
              aria-hidden="true"
              className="font-mono text-xs text-fg-3 opacity-0 transition-opacity duration-80 group-hover:opacity-100 group-focus-visible:opacity-100 pointer-coarse:hidden"
            >
              g {entry.key}
            </span>
          )}
        </Link>
      )}
    </Tooltip>
  );
}

/** Fixed at the left; 232 px, or 56 with icons only. */
export function Sidebar({ nav }: { nav: readonly NavGroup[] }) {
  const { preferences, setPreferences } = useReader();
  const isCollapsed = preferences.sidebar === "collapsed";
  return (
    <aside
      className={cn(
        "sticky top-0 z-20 hidden h-dvh shrink-0 flex-col overflow-y-auto border-e bg-sub md:flex",
        isCollapsed ? "w-14" : "w-58",
      )}
    >
      <div className={cn("flex h-(--top-bar) shrink-0 items-center", isCollapsed ? "justify-center" : "ps-4 pe-2")}>
        <Link href="/" className="flex items-center gap-2 rounded-control text-md font-semibold">
          <Logo />
          <span className={isCollapsed ? "sr-only" : undefined}>Switchyard</span>
        </Link>
      </div>
      <NavList nav={nav} isCollapsed={isCollapsed} />
      <div className={cn("mt-auto p-2", isCollapsed && "flex justify-center")}>
        <IconButton
          label={isCollapsed ? "Expand sidebar" : "Collapse sidebar"}
          aria-pressed={isCollapsed}
          onClick={() => setPreferences({ sidebar: isCollapsed ? "open" : "collapsed" })}
        >
          <PanelLeft />
        </IconButton>
      </div>
    </aside>
  );
}
