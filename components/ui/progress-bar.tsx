import { cn } from "./cn.ts";

const LOOK =
  "h-2 w-full appearance-none overflow-hidden rounded-full bg-line [&::-moz-progress-bar]:bg-(--accent) [&::-webkit-progress-bar]:bg-line [&::-webkit-progress-value]:bg-(--accent)";

/** How much of something known in size is done; in the page's own colours, which browsers do not take for this by themselves. */
export function ProgressBar(props: { label: string; value: number; of: number; className?: string }) {
  const { label, value, of, className } = props;
  return <progress aria-label={label} className={cn(LOOK, className)} max={Math.max(1, of)} value={value} />;
}
