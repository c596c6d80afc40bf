import { cn } from "#components/ui/cn.ts";

/** A line the size of a word, for table cells: no axes, so it never stands without its figure. Gaps break it. */
export function Sparkline({
  values,
  label,
  className,
}: {
  /** null draws a gap. */
  values: readonly (number | null)[];
  /** What it shows, in words: "p95 over the last hour". */
  label: string;
  className?: string;
}) {
  const peak = Math.max(...values.map((value) => value ?? 0), Number.MIN_VALUE);
  const last = Math.max(1, values.length - 1);
  let isPenDown = false;
  const path = values
    .map((value, index) => {
      if (value === null) {
        isPenDown = false;
        return "";
      }
      const command = isPenDown ? "L" : "M";
      isPenDown = true;
      return `${command}${((index / last) * 96 + 2).toFixed(1)} ${(22 - (value / peak) * 20).toFixed(1)}`;
    })
    .join("");
  return (
    <svg viewBox="0 0 100 24" role="img" aria-label={label} className={cn("h-5 w-20", className)}>
      <path
        d={path}
        fill="none"
        stroke="var(--series-1)"
        strokeWidth="1.5"
        strokeLinecap="round"
        strokeLinejoin="round"
        vectorEffect="non-scaling-stroke"
      />
    </svg>
  );
}
