import type { ReactNode } from "react";
import { cn } from "./cn.ts";

/** Nothing here yet: what would be here, and the first action that brings it. */
export function EmptyState({
  title,
  children,
  action,
  isPage = false,
  className,
}: {
  title: string;
  /** One or two sentences. */
  children?: ReactNode;
  action?: ReactNode;
  /** It is all the page has: its title is the h1. */
  isPage?: boolean;
  className?: string;
}) {
  const Title = isPage ? "h1" : "p";
  return (
    <div className={cn("mx-auto flex max-w-120 flex-col items-center gap-1 px-4 py-12 text-center", className)}>
      <Title className="text-md font-medium">{title}</Title>
      {children && <div className="text-md text-balance text-fg-2">{children}</div>}
      {action && <div className="mt-3 flex flex-wrap justify-center gap-2">{action}</div>}
    </div>
  );
}
