import { cn } from "./cn.ts";

/** Holds the place of what is coming, in its final size; drawn only after 300 ms. The parent says aria-busy. */
export function Skeleton({ className }: { className?: string }) {
  return <span aria-hidden="true" className={cn("block animate-late rounded-control bg-off-tint/70", className)} />;
}
