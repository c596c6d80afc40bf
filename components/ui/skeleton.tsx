import { cn } from "./cn.ts";

/**
 * Holds the place of what is coming; drawn only after 300 ms. The parent says aria-busy. What lies below it stays unseen
 * until its height is known (`data-pending`, globals.css), so that nothing moves that somebody reads already.
 * @param sized it is exactly as high as what comes: what lies below need not wait
 */
export function Skeleton({ className, sized = false }: { className?: string; sized?: boolean }) {
  return (
    <span
      aria-hidden="true"
      data-pending={sized ? undefined : ""}
      className={cn("block animate-late rounded-control bg-off-tint/70", className)}
    />
  );
}

/** For a part that shows nothing at all on an ordinary day, while it is not known whether it does. */
export const Pending = () => <span hidden aria-busy="true" data-pending="" />;
