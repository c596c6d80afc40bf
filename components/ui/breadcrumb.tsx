"use client";

import type { ReactNode } from "react";
import { createContext, useContext, useEffect, useMemo, useState } from "react";
import { TextLink } from "./button.tsx";

export type Crumb = { label: string; href?: string };

type Trail = { crumbs: readonly Crumb[] | null; setCrumbs: (crumbs: readonly Crumb[] | null) => void };

const TrailContext = createContext<Trail>({ crumbs: null, setCrumbs: () => {} });

/** Lets the page say where it lies, and the bar above it show that. */
export function TrailProvider({ children }: { children: ReactNode }) {
  const [crumbs, setCrumbs] = useState<readonly Crumb[] | null>(null);
  const value = useMemo(() => ({ crumbs, setCrumbs }), [crumbs]);
  return <TrailContext value={value}>{children}</TrailContext>;
}

export const useTrail = (): readonly Crumb[] | null => useContext(TrailContext).crumbs;

/** Announces this page's place; `PageHeader` calls it. */
export function useAnnounceTrail(crumbs: readonly Crumb[]): void {
  const { setCrumbs } = useContext(TrailContext);
  const key = JSON.stringify(crumbs);
  useEffect(() => {
    setCrumbs(JSON.parse(key));
    return () => setCrumbs(null);
  }, [key, setCrumbs]);
}

/** The path to this page; the last part is the page itself. */
export function Breadcrumb({ crumbs }: { crumbs: readonly Crumb[] }) {
  return (
    <nav aria-label="Breadcrumb" className="min-w-0">
      <ol className="flex min-w-0 items-center gap-1.5 text-sm">
        {crumbs.map((crumb, index) => {
          const isLast = index === crumbs.length - 1;
          return (
            <li
              key={`${crumb.label} ${crumb.href ?? ""}`}
              className={isLast ? "flex min-w-0 items-center gap-1.5" : "flex items-center gap-1.5 max-md:hidden"}
            >
              {index > 0 && (
                <span aria-hidden="true" className="text-fg-3 max-md:hidden">
                  /
                </span>
              )}
              {isLast || crumb.href === undefined ? (
                <span aria-current={isLast ? "page" : undefined} className="truncate font-medium">
                  {crumb.label}
                </span>
              ) : (
                <TextLink href={crumb.href} className="text-fg-2">
                  {crumb.label}
                </TextLink>
              )}
            </li>
          );
        })}
      </ol>
    </nav>
  );
}
