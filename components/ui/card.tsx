import type { ReactNode } from "react";
import { cn } from "./cn.ts";

type CardProps = {
  title?: ReactNode;
  /** Beside the title, in a quieter voice: a count, a mark, an as-of line. */
  aside?: ReactNode;
  actions?: ReactNode;
  footer?: ReactNode;
  /** Tables and charts reach the border. */
  flush?: boolean;
  /** Greys the figures inside; see `useStale`. */
  stale?: boolean;
  /** Level of the title; a card inside a card's section is h3. */
  level?: 2 | 3;
  className?: string;
  children?: ReactNode;
};

/** A bordered block with a title. */
export function Card({
  title,
  aside,
  actions,
  footer,
  flush = false,
  stale,
  level = 2,
  className,
  children,
}: CardProps) {
  const Title = level === 2 ? "h2" : "h3";
  return (
    <section
      data-stale={stale || undefined}
      className={cn("flex min-w-0 flex-col rounded-card border bg-bg", className)}
    >
      {(title || actions) && (
        <header className={cn("flex flex-wrap items-center gap-x-3 gap-y-1 px-4 pt-3", flush ? "pb-3" : "pb-2")}>
          {title && <Title className="text-lg font-semibold">{title}</Title>}
          {aside && <div className="flex min-w-0 items-center gap-2 text-sm text-fg-3">{aside}</div>}
          {actions && <div className="ms-auto flex items-center gap-2">{actions}</div>}
        </header>
      )}
      <div className={cn("min-w-0 grow", !flush && cn("px-4 pb-4", !title && !actions && "pt-4"))}>{children}</div>
      {footer && <footer className="border-t px-4 py-2.5 text-sm text-fg-2">{footer}</footer>}
    </section>
  );
}

/** Something the reader must know before the rest: one sentence and what to do. */
export function Notice({
  tone,
  children,
  action,
}: {
  tone: "warn" | "bad" | "busy" | "ok" | "off";
  children: ReactNode;
  action?: ReactNode;
}) {
  const TONE = {
    warn: "bg-warn-tint text-warn",
    bad: "bg-bad-tint text-bad",
    busy: "bg-busy-tint text-busy",
    ok: "bg-ok-tint text-ok",
    off: "bg-sub text-fg-2",
  } as const;
  return (
    <div className={cn("flex flex-wrap items-center gap-x-4 gap-y-2 rounded-card px-4 py-2.5 text-md", TONE[tone])}>
      <div className="min-w-0 grow basis-64">{children}</div>
      {action}
    </div>
  );
}
