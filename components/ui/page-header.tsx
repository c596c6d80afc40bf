"use client";

import MoreHorizontal from "lucide-react/icons/ellipsis";
import type { ReactNode } from "react";
import { type Crumb, useAnnounceTrail } from "./breadcrumb.tsx";
import { buttonClass } from "./button.tsx";
import { CopyId } from "./copy.tsx";
import { Menu, type MenuItem } from "./menu.tsx";

type PageHeaderProps = {
  /** The page's only h1. */
  title: string;
  /** Parents for the breadcrumb, outermost first; the page itself is added. */
  parents?: readonly Crumb[];
  /** Shown copyable beside the title. */
  id?: string;
  /** `<Status … tinted />` of the object. */
  health?: ReactNode;
  /** One quiet line under the title: a sentence, an as-of, a count. */
  meta?: ReactNode;
  /** The page's one primary button. */
  primary?: ReactNode;
  /** A second button that must stand beside it ("Roll back" is never in a menu). */
  secondary?: ReactNode;
  /** The "…" menu. */
  more?: readonly MenuItem[];
  /** `<Tabs>` of the object. */
  tabs?: ReactNode;
};

/** Name, id, health, the one primary action and the "…" menu of a page. */
export function PageHeader({
  title,
  parents = [],
  id,
  health,
  meta,
  primary,
  secondary,
  more = [],
  tabs,
}: PageHeaderProps) {
  useAnnounceTrail([...parents, { label: title }]);
  return (
    <header className="flex flex-col gap-2">
      <div className="flex min-h-8 flex-wrap items-center gap-x-3 gap-y-2">
        <div className="flex min-w-52 grow basis-0 flex-wrap items-center gap-x-3 gap-y-1">
          <h1 className="min-w-0 break-words text-xl font-semibold">{title}</h1>
          {health}
          {id && <CopyId id={id} />}
        </div>
        <div className="flex flex-wrap items-center gap-2">
          {secondary}
          {primary}
          {more.length > 0 && (
            <Menu
              label={`More actions for ${title}`}
              items={more}
              trigger={(props) => (
                <button
                  type="button"
                  {...props}
                  aria-label={`More actions for ${title}`}
                  className={buttonClass("secondary", "md", true)}
                >
                  <MoreHorizontal />
                </button>
              )}
            />
          )}
        </div>
      </div>
      {meta && <div className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm text-fg-2">{meta}</div>}
      {tabs}
    </header>
  );
}
