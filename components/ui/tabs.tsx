"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";
import { useEffect, useRef } from "react";
import type { Action } from "#lib/identity/policy.ts";
import { cn } from "./cn.ts";
import { useReader } from "./reader.tsx";

export type Tab = {
  label: string;
  href: string;
  count?: number;
  /** Another path that shows the same. */
  shownAt?: string;
  /** What one must be allowed to do for the page to show anything; left out = whoever sees the other tabs. */
  needs?: Action;
};

/** The tabs this reader's role can use, in their order. */
export const usableTabs = (tabs: readonly Tab[], may: readonly Action[]): readonly Tab[] =>
  tabs.filter(({ needs }) => needs === undefined || may.includes(needs));

/** The tab whose path is the longest one that this page lies under. */
export const currentTab = (tabs: readonly Tab[], pathname: string): Tab | undefined =>
  tabs
    .filter((tab) => pathname === tab.href || pathname === tab.shownAt || pathname.startsWith(`${tab.href}/`))
    .toSorted((a, b) => b.href.length - a.href.length)[0];

/** Brings the middle of a tab to the middle of its row, as far as that scrolls; the page stays where it is. */
function showInRow(tab: Element, row: Element): void {
  const [at, around] = [tab.getBoundingClientRect(), row.getBoundingClientRect()];
  row.scrollLeft += at.left + at.width / 2 - (around.left + around.width / 2);
}

/** Tabs as path segments: links, so that each has an address, opens in a new window and works with "back". */
export function Tabs({
  label,
  tabs: all,
  bare = false,
}: {
  label: string;
  tabs: readonly Tab[];
  /** Without the line below, where the bar around it draws one. */
  bare?: boolean;
}) {
  const pathname = usePathname();
  const { may } = useReader();
  const tabs = usableTabs(all, may);
  const current = currentTab(tabs, pathname);
  const row = useRef<HTMLElement>(null);
  const openHref = current?.href;
  useEffect(() => {
    const open = openHref ? row.current?.querySelector("[aria-current]") : null;
    if (open && row.current) showInRow(open, row.current);
  }, [openHref]);
  return (
    <nav ref={row} aria-label={label} className={cn("overflow-x-auto overflow-y-hidden", bare ? "-mb-px" : "border-b")}>
      <ul className="flex gap-1">
        {tabs.map((tab) => (
          <li key={tab.href} className="shrink-0">
            <Link
              href={tab.href}
              aria-current={tab === current ? "page" : undefined}
              className={cn(
                "flex h-9 items-center gap-1.5 whitespace-nowrap border-b-2 px-2 text-sm transition-colors duration-80 focus-visible:-outline-offset-2 pointer-coarse:h-10",
                tab === current ? "border-fg font-medium text-fg" : "border-transparent text-fg-2 hover:text-fg",
              )}
            >
              {tab.label}
              {tab.count !== undefined && <span className="text-xs text-fg-3">{tab.count}</span>}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
