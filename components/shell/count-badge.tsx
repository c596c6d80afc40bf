/** How many of something want somebody, beside its entry in the navigation; nothing when there are none. */
export const CountBadge = ({ count, what }: { count: number | undefined; what: string }) =>
  count ? (
    <span className="shrink-0 rounded-full bg-bad-tint px-1.5 text-xs font-medium tabular-nums text-bad">
      {count}
      <span className="sr-only"> {what}</span>
    </span>
  ) : null;
