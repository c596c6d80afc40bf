import { cn } from "../ui/cn.ts";

/** How much of something is there, as a bar; `share` from 0 to 1. The figures stand beside it in words. */
export function ShareBar({ share, label, className }: { share: number; label: string; className?: string }) {
  const percent = Math.floor(Math.min(1, Math.max(0, share)) * 100);
  return (
    <span
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
      className={cn("block h-1.5 overflow-hidden rounded-full bg-line", className)}
    >
      <span className="block h-full rounded-full bg-accent" style={{ width: `${percent}%` }} />
    </span>
  );
}
