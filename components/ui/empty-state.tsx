import type { ReactNode } from "react";
import { cn } from "./cn.ts";

/** Nothing here yet: what would be here, and the first action that brings it. */
export function EmptyState({
  title,
  children,
  action,
  className,
}: {
  title: string;
  /** One or two sentences. */
  children?: ReactNode;
  action?: ReactNode;
  className?: string;
}) {
  return (
    <div className={cn("mx-auto flex max-w-120 flex-col items-center gap-1 px-4 py-12 text-center", className)}>
      <p className="text-md font-medium">{title}</p>
      {children && <div className="text-md text-fg-2">{children}</div>}
      {action && <div className="mt-3 flex flex-wrap justify-center gap-2">{action}</div>}
    </div>
  );
}
